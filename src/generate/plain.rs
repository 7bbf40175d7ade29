//! Sentences of conversations in which nothing is at stake, and look-alikes: hot words that mean no harm.

/// What customers open with.
pub(super) const OPENINGS: &[&str] = &[
    "[Hi|Hello|Good morning|Hey there|Good afternoon][ {agent}| team|], [how do I|can you tell me how to|what is the best way to|could you show me how to] {action} [in|on] the {feature}?",
    "[Hello|Hi], we [started to use|just set up|are rolling out] the {feature} for our {team} and [I have a question|there is one thing I would like to know] about the {field}.",
    "[Is it possible|Is there a way|Would it be possible] to {action} from the {page}? We use {tool} on {device}.",
    "[Quick question:|A question about the {feature}:|Morning!] [which|what] {field} should we choose [when|if] our {team} works in {number} regions?",
    "[Could|Can] you [send me|point me to] [the guide|the documentation|a short video] for the {feature}? [We would like to|Our {team} wants to] {action} by {weekday}.",
    "[Hi|Hello], this is {customer} [from|at] {company}. [Where|On which screen] do I find the {field} of order {reference}?",
    "[Our {team} asked me|A colleague asked] whether the {feature} [lets them|allows us to] {action}. [Does it|Is that so]?",
];

/// Neutral sentences that customers go on with; also what long messages are made of.
pub(super) const DETAILS: &[&str] = &[
    "We [mostly|usually|normally] work [from|with] {device} and {tool}[, and the {team} does the same|].",
    "The {field} is [set to the default|the same for all {number} workspaces|filled by our import every {weekday}].",
    "[On|Since] {weekday} we added {number} people to the {team}, and they [all|each] use the {feature}.",
    "I [looked at|opened|went through] the {page} and [saw|found] the {field}, but [I am not sure|could not tell] [which one applies|whether it is the right one].",
    "[For context|Just so you know], our {team} [looks at|works with|reviews] the {feature} [every {weekday}|around {hour}|once a week].",
    "The reference is {reference}, [and it was|it was] created on {weekday} [at|around] {hour}.",
    "[It shows|I can see] {number} entries on the {page}, [which matches|the same as] what the {team} [has|sees].",
    "We [plan|would like|intend] to {action} [before|by|after] {weekday}[ if that is possible|].",
    "[A screenshot is attached|I attached a picture] of the {page}[ with the {field} marked|].",
    "[There is no hurry|Take your time|Any day this week works], [{weekday} is fine|we look at it again on {weekday}].",
    "[My colleague|Somebody from the {team}] will [read|pick up] your answer [on {weekday}|tomorrow morning].",
    "The {quality} {thing} [belongs to|is listed under|goes with] the {quality} {thing}, [next to|right after|above] the {thing}.",
    "[Our|The] {thing} [contains|consists of] {number} {quality} [elements|sections|portions], [including|among them] the {thing}.",
    "[Meanwhile|Afterwards|Separately], [somebody|everybody] [arranged|prepared|described] the {quality} {thing} [alongside|according to] the {thing}.",
    "[Yes|Right|Correct], [that is|this is] the one [in|from] the {page}.",
    "The {team} [would|might] also [want|like] to {action}, [so a short note on that is welcome|if the plan includes it].",
];

/// What agents answer.
pub(super) const ANSWERS: &[&str] = &[
    "[Hi|Hello] {customer}, [thanks for writing|thank you for the question]. [Open|Go to] the {page}, choose the {feature}, and [set|pick] the {field}. [You can then|After that you can] {action}.",
    "[Sure|Of course|Certainly], {customer}. [I have|I just] [switched that on|enabled it] for your workspace; [reload|refresh] the {page} and [the {field} is there|you will see it].",
    "[Could|Can] you tell me which {field} you [see|have] on the {page}, {customer}? [Then I can check it on our side|I will then look it up].",
    "That [is covered|is included] in your plan. [Here are the steps|Step by step]: open the {page}, {action}, then save. [Our guide is at {article}.|]",
    "[I checked|I looked at] {reference}: the {field} was [set|changed] on {weekday} at {hour}. [You can edit it|It can be changed] in the {page}.",
];

/// Bot turns that do their job.
pub(super) const BOT_ANSWERS: &[&str] = &[
    "[Hello|Hi]! To {action}, open the {page} and select the {field}. The steps are at {article}.",
    "[Got it|Thanks], {customer}. Your request about the {feature} [was added to|is now in] the queue of our {team}.",
    "The {feature} is available on your plan. Would you like to see how to {action}?",
];

/// What customers end with.
pub(super) const THANKS: &[&str] = &[
    "[Great|Perfect|Wonderful], that [works|did it]. [Thank you|Thanks|Many thanks][ {agent}|]!",
    "[That helped|All clear now|Found it], thanks [for the quick answer|a lot].",
    "[Thank you so much|Thanks], the {team} [is happy|can go on]. [Have a nice day!|]",
];

/// What colleagues write to each other; never scored, though it names hot things.
pub(super) const NOTES: &[&str] = &[
    "Customer on plan with the {feature}. Second line has looked at {reference}.",
    "They sounded angry on the phone and want a manager; I told them we look at it on {weekday}. Risk of churn?",
    "See the outage channel before answering {reference}.",
    "Handing over to the {team}, all steps are in the ticket.",
];

/// Hot words that mean no harm; nothing here may raise an escalation.
pub(super) const LOOK_ALIKES: &[&str] = &[
    "[You|Your system] cancelled my booking {reference} by mistake and booked it again, all fine now.",
    "I am not going to cancel[, do not worry|], I only want to {action}.",
    "We won't sue anybody, of course :) just wondering about the {field}.",
    "That is a killer feature, our {team} loves it.",
    "Our lawyers use the {feature} every {weekday} and asked how to {action}.",
    "Can our branch manager get access to the {page} too?",
    "The new layout is sick, damn good work[, really|]!",
    "We are comparing the two plans you offer, [which one|what] includes the {feature}?",
    "Does the {feature} show chargebacks that our shop receives from its buyers?",
    "Our own buyers leave reviews [on|through] the partner portal; where do I see them?",
    "THE CSV HAS A HEADER ROW LIKE ID, SKU, VAT and a {field}. Is that OK?",
    "Is there a limit of API calls? ERR_429 and HTTP 503 are listed in the docs, what do they mean?",
    "We have a security review on {weekday}; could you send the SOC 2 report?",
    "The site goes down for planned maintenance on our side on {weekday} at {hour}, nothing to do for you.",
    "[Reset password|Change password] link for a new colleague, please. No hurry.",
    "How do I speak to the map view with my voice? I heard it can do that.",
    "I never said that it is terrible. It is not bad at all.",
];

/// Plain requests in other languages.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    (
        "de",
        "[Guten Tag|Hallo], wie kann ich [die Währung|das Fälligkeitsdatum|die Region] in der Übersicht ändern? Vorgang {reference}.",
    ),
    ("de", "[Vielen Dank|Danke], unser Team schaut sich das am [Montag|Freitag] an."),
    ("fr", "Bonjour, [où se trouve|comment modifier] le champ « devise » de la commande {reference} ? Merci d'avance."),
    ("es", "[Hola|Buenos días], ¿cómo puedo [cambiar|ver] la región del pedido {reference}? Gracias."),
    ("it", "Buongiorno, [dove trovo|come cambio] la valuta dell'ordine {reference}? Grazie mille."),
    ("pt", "Bom dia, como [altero|vejo] a moeda do pedido {reference}? Obrigado."),
];
