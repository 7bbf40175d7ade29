//! Messages as helpdesks have them: one in ten an HTML mail, one in ten a reply above its thread, one in five in another
//! language.

use foreshock::message::Format;

/// A message's text with what its event says of it.
pub(crate) struct Message {
    pub(crate) text: String,
    pub(crate) format: Format,
    pub(crate) language: &'static str,
}

/// Sentences of other languages, made up; a message has three of one of them.
const OTHERS: [(&str, [&str; 6]); 5] = [
    (
        "de",
        [
            "Guten Tag, wir haben die neue Vorlage im Archiv abgelegt und finden sie dort auch wieder.",
            "Könnten Sie mir bitte sagen, wo ich die Liste der Filialen sortieren kann?",
            "Der Bericht von gestern liegt jetzt im gemeinsamen Ordner neben den Plänen.",
            "Wir möchten im Frühjahr einen zweiten Standort anlegen und brauchen dafür eine Übersicht.",
            "Die Etiketten sind angekommen und passen auf die Kartons.",
            "Unsere Kollegin in Graz schaut sich das morgen früh an und meldet sich.",
        ],
    ),
    (
        "fr",
        [
            "Bonjour, nous avons rangé le nouveau modèle dans les archives et nous le retrouvons bien.",
            "Pourriez-vous me dire où je peux trier la liste des agences ?",
            "Le rapport d'hier se trouve maintenant dans le dossier partagé, à côté des plans.",
            "Nous voulons ouvrir un deuxième site au printemps et il nous faut une vue d'ensemble.",
            "Les étiquettes sont arrivées et vont bien sur les cartons.",
            "Notre collègue de Lyon regarde cela demain matin et vous écrit.",
        ],
    ),
    (
        "es",
        [
            "Buenos días, hemos guardado la nueva plantilla en el archivo y la encontramos sin más.",
            "¿Podría decirme dónde puedo ordenar la lista de sucursales?",
            "El informe de ayer está ahora en la carpeta compartida, junto a los planos.",
            "En primavera queremos abrir una segunda sede y nos hace falta una vista general.",
            "Las etiquetas han llegado y van bien en las cajas.",
            "Nuestra compañera de Vigo lo mira mañana temprano y le escribe.",
        ],
    ),
    (
        "it",
        [
            "Buongiorno, abbiamo messo il nuovo modello nell'archivio e lo ritroviamo senza fatica.",
            "Potrebbe dirmi dove posso ordinare l'elenco delle filiali?",
            "Il rapporto di ieri si trova adesso nella cartella condivisa, accanto alle piante.",
            "In primavera vogliamo aprire una seconda sede e ci serve una vista d'insieme.",
            "Le etichette sono arrivate e vanno bene sulle scatole.",
            "La nostra collega di Trieste lo guarda domattina e le scrive.",
        ],
    ),
    (
        "pt",
        [
            "Bom dia, guardamos o novo modelo no arquivo e o encontramos lá sem esforço.",
            "Poderia me dizer onde posso ordenar a lista de filiais?",
            "O relatório de ontem está agora na pasta compartilhada, ao lado das plantas.",
            "Na primavera queremos abrir uma segunda unidade e precisamos de uma visão geral.",
            "As etiquetas chegaram e ficam bem nas caixas.",
            "A nossa colega de Braga olha isso amanhã cedo e escreve para vocês.",
        ],
    ),
];

/// `texts` with markup, threads and other languages among them; which is which depends on the place alone.
pub(crate) fn mixed(texts: &[String]) -> Vec<Message> {
    let message = |(index, text): (usize, &String)| match index % 10 {
        3 => Message { text: html(text, &texts[(index + 7) % texts.len()]), format: Format::Html, language: "en" },
        5 => Message { text: thread(text, &texts[(index + 7) % texts.len()]), format: Format::Plain, language: "en" },
        7 | 8 => other(index / 10),
        _ => Message { text: text.clone(), format: Format::Plain, language: "en" },
    };
    texts.iter().enumerate().map(message).collect()
}

/// The HTML mails among [`mixed`].
pub(crate) fn mails(texts: &[String]) -> Vec<Message> {
    mixed(texts).into_iter().filter(|message| message.format == Format::Html).collect()
}

fn other(index: usize) -> Message {
    let (language, sentences) = &OTHERS[index % OTHERS.len()];
    let text = (0..3).map(|step| sentences[(index + step * 2) % sentences.len()]).collect::<Vec<_>>().join(" ");
    Message { text, format: Format::Plain, language }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn html(text: &str, quoted: &str) -> String {
    format!(
        "<html><head><style>p.text {{ margin: 0 }}</style></head><body lang=\"en\"><div class=\"page\">\
         <p class=\"text\">{}</p><p class=\"text\">&nbsp;</p><p class=\"text\">Kind regards,<br>Orla</p>\
         <blockquote type=\"cite\"><p class=\"text\">{}</p></blockquote></div></body></html>",
        escaped(text),
        escaped(quoted)
    )
}

fn thread(text: &str, quoted: &str) -> String {
    format!("{text}\n\nOn Mon, 5 Jan 2026 at 08:00, Orla Fenn <orla@example.com> wrote:\n> {quoted}\n> \n> Orla\n")
}
