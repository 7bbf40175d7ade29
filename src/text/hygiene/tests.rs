//! Lines that a person wrote, and lines that others wrote around them.

use super::*;

/// The text with each part left out replaced by its reason.
fn read(text: &str) -> String {
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    sections(text, &mut kept, &mut left_out);
    let mut parts: Vec<(u32, String)> =
        kept.iter().map(|k| (k.start, text[k.start as usize..k.end as usize].trim().to_owned())).collect();
    parts.extend(left_out.iter().map(|part| (part.start, format!("<{:?}>", part.hygiene))));
    parts.sort();
    parts.into_iter().map(|(_, part)| part).collect::<Vec<_>>().join("|")
}

#[test]
fn what_remains_is_what_the_author_wrote() {
    for (text, expected) in [
        ("Just one line.", "Just one line."),
        ("", ""),
        ("No.\n> Did it work?\n> Regards\nStill broken.", "No.|<Quoted>|Still broken."),
        ("Thanks\n\nOn Mon, 4 May 2026 at 10:11, Ana <ana@example.com> wrote:\n> Hello\n", "Thanks|<Quoted>"),
        ("Thanks\n\nOn Mon, 4 May 2026 at 10:11, Ana\n<ana@example.com> wrote:\n\nHello\nBye", "Thanks|<Quoted>"),
        ("Danke\nAm 4. Mai 2026 schrieb Ana <ana@example.com>:\nHallo", "Danke|<Quoted>"),
        ("Yes\n________________________________\nFrom: Ana\nSent: Monday\nHello", "Yes|<Quoted>"),
        ("Yes\nFrom: Ana\nTo: Bo\nSubject: x\n\nHello", "Yes|<Quoted>"),
        ("To: whom it may concern\nplease call me", "To: whom it may concern\nplease call me"),
        ("Yes\n-----Original Message-----\nHello", "Yes|<Quoted>"),
        ("Bye\n-- \nAna Example\nACME Ltd", "Bye|<Signature>"),
        ("Please call\nSent from my iPhone\nand soon", "Please call|<Signature>|and soon"),
        ("See\n```\nkill -9 1\n```\nthat", "See|<Code>|that"),
        ("It says\nTraceback (most recent call last):\nwhy?", "It says|<Code>|why?"),
    ] {
        assert_eq!(read(text), expected, "{text:?}");
    }
}

#[test]
fn a_farewell_ends_with_the_next_sentence() {
    for (text, expected) in [
        ("Call me.\n\nBest regards\nAna Example\nHead of Sales\nT: +49 555 1", "Call me.|<Signature>"),
        ("Call me.\nBest regards, Ana\n\nPS: bring the invoice", "Call me.|<Signature>|PS: bring the invoice"),
        ("Call me.\nRegards\nAna\nI also want to cancel it all.", "Call me.|<Signature>|I also want to cancel it all."),
        ("Call me.\nRegards\nAna\n\nCANCEL MY ACCOUNT NOW", "Call me.|<Signature>|CANCEL MY ACCOUNT NOW"),
        ("Regards to all\nwe are leaving", "Regards to all\nwe are leaving"),
        ("Best regards", "Best regards"),
        ("It works.\nThanks,\nAna", "It works.|<Signature>"),
        ("It works.\nThanks\n\nbut not for long", "It works.\nThanks\n\nbut not for long"),
        ("It fails.\nThanks for nothing\nAna", "It fails.\nThanks for nothing\nAna"),
        ("Geht nicht.\nViele Grüße aus Köln\nAna\n> alt", "Geht nicht.|<Signature>|<Quoted>"),
        ("One\n--\nTwo is what I want to say.", "One|<Signature>|Two is what I want to say."),
        ("One\n-- \nAna\n> old\nnew", "One|<Signature>|<Quoted>|new"),
    ] {
        assert_eq!(read(text), expected, "{text:?}");
    }
}

#[test]
fn what_people_write_themselves_stays() {
    for text in [
        "From: Berlin\nTo: Munich\nplease change my ticket",
        "Von: Berlin\nAn: München",
        "Your colleague wrote:\nit is in stock",
        "On 5 May 2026 at 10:11 you wrote:\nit is in stock",
        "Sent from my account, but it never arrived",
        "Get me a supervisor on the phone",
        "Get Outlook working again",
        "Sent by mail yesterday",
        "Sent from Outlook but it never arrived",
        "Von meinem Handy geht nichts",
        "Inviato da casa mia",
        "Powered by frontier technology it is not",
        "This message is confidential? I wonder.",
        "This email is intended for your manager. I am leaving.",
        "--- Error message ---\nit does not start",
        "An: wer auch immer\n\nBetreff: egal",
        "Powered by your software, our shop lost a day",
        "```\nno end of the fence\nI want to cancel",
    ] {
        assert_eq!(read(text), text, "{text:?}");
    }
}

#[test]
fn mail_programs_are_known_in_all_languages() {
    for (text, expected) in [
        ("Si\nEl lun, 4 may 2026 a las 10:11, Ana (<\nana@example.com>) escribió:\n> x\nno", "Si|<Quoted>|no"),
        ("Sì\nIl giorno lun 4 mag 2026 alle ore 10:11 Ana <\nana@example.com> ha scritto:\n\n> x", "Sì|<Quoted>"),
        ("Ja\nAm 04.05.2026 um 10:11 schrieb Ana Beispiel:\nalt", "Ja|<Quoted>"),
        ("Yes\n2026-05-04 10:11 GMT+02:00 Ana <ana@example.com>:\nold", "Yes|<Quoted>"),
        ("Oui\nDe : Ana <ana@example.com>\nEnvoyé : lundi\nvieux", "Oui|<Quoted>"),
        ("Oui\n*De :* Ana\n*Date :* lundi\n*À :* Bo\nvieux", "Oui|<Quoted>"),
        ("Ja\n-------- Ursprüngliche Nachricht --------\nalt", "Ja|<Quoted>"),
        ("Sim\n---------- Mensagem encaminhada ---------\nvelho", "Sim|<Quoted>"),
        ("Ja\nVon meinem Samsung-Gerät gesendet\nda", "Ja|<Signature>|da"),
        ("Yes\nSent from my iPhone. Please excuse typos\nno", "Yes|<Signature>|no"),
        ("Yes\nSent from my Samsung Galaxy S21 5G smartphone.\nno", "Yes|<Signature>|no"),
        ("Yes\nSent from Yahoo Mail on Android", "Yes|<Signature>"),
        ("Oui\nTéléchargez Outlook pour iOS", "Oui|<Signature>"),
        ("Sí\n##- Escriba su respuesta -##\nviejo", "Sí|<Quoted>"),
        ("Yes\n\nThis email is confidential and\nmeant for the addressee only.\n\nNo", "Yes|<Signature>|No"),
        ("Yes\nPowered by Intercom", "Yes|<Signature>"),
        ("Yes\nOn Mon, 4 May 2026 at 10:11, Ana <ana@example.com> wrote:", "Yes|<Quoted>"),
    ] {
        assert_eq!(read(text), expected, "{text:?}");
    }
}
