//! Sentences that must not be overlooked, a pool for each signal.

/// Intends to leave.
pub(super) const CHURN: &[&str] = &[
    "[Honestly|Frankly], we are [evaluating|looking at|already talking to] other vendors[ now|] because of the {feature}.",
    "[If this is not fixed by {weekday}|If nothing changes], we will [leave|switch to a competitor|move to a competitor].",
    "We will not renew our contract[ in spring|]. {company} is moving to another provider.",
    "Our {team} has decided to switch to a competitor [at the end of the quarter|next month].",
    "We are leaving. [Please|] export our data so that we can migrate to another vendor.",
];

/// Threatens with law.
pub(super) const LEGAL: &[&str] = &[
    "[You will hear from our lawyer|Our lawyers will contact you|Our attorney will be in touch] [on {weekday}|this week].",
    "[I will|We will|We are going to] sue [you|your company] [for damages|over this|for breach of contract].",
    "We are preparing legal action [because of|over] {reference}.",
    "I will [report this to|file a complaint with] the [data protection authority|consumer protection agency|regulator].",
    "Our legal department [has been informed|is now involved] and we will take you to court[ if needed|].",
];

/// Names the bank's reversal.
pub(super) const CHARGEBACK: &[&str] = &[
    "I [will file|am filing|have filed] a chargeback [with my bank|with the card company] for {amount}.",
    "[Then I do|We will do] a charge back[ through our bank|]. {amount} for nothing!",
    "My bank [told me to|will] start a chargeback on {reference}[ tomorrow|].",
    "I have asked my bank to reverse the payment of {amount}.",
];

/// Contests a charge.
pub(super) const DISPUTE: &[&str] = &[
    "I [was|have been] charged twice[ for {reference}|]: {amount} on {weekday} and again today.",
    "There is a charge of {amount} on my card that I [did not authorize|never agreed to|do not recognize].",
    "I dispute the invoice {reference}[. We never ordered this|, the amount is wrong].",
    "You overcharged us by {amount}[ again|]. I want my money back.",
];

/// Ends an order, service or contract.
pub(super) const CANCELLATION: &[&str] = &[
    "[Please cancel|Cancel|I want to cancel] [our subscription|my subscription|our contract|our account] [now|immediately|today|at the end of the month].",
    "We want to terminate [the contract|our agreement] {reference}[ as of {weekday}|].",
    "I would like to close our account[ and get a refund|].",
    "How do I cancel [my plan|the subscription|our subscription]? We do not need it any more.",
];

/// Wants a human being.
pub(super) const HUMAN: &[&str] = &[
    "[Can I|Let me|I want to] [talk|speak] to a [human|real person|human being][ please|]!",
    "[Stop|No more bots]. I need a [human|live agent|real person].",
    "Agent. [Agent!|Human agent please.] I [don't|do not] want to talk to a bot.",
    "[Please connect me|Connect me] [to|with] a [live agent|human|real person] [now|].",
];

/// Wants more authority.
pub(super) const SUPERVISOR: &[&str] = &[
    "I want to speak to [your supervisor|your manager|a supervisor|a manager][ now|].",
    "[Get me|Put me through to] [your supervisor|a supervisor|your manager][, please|].",
    "[Please escalate this|Escalate this] to [your manager|a supervisor|management] [today|at once|].",
];

/// Reports that the product is down.
pub(super) const OUTAGE: &[&str] = &[
    "[Everything is down|The whole platform is down|Your service is down] [since {hour}|for all {number} sites|again], nobody [here|in the {team}] can work.",
    "Is there an outage? The {feature} is [completely|] unavailable [for everyone|for the {team}], [production is stopped|we are losing orders].",
    "The system is down[ again|] and has been down since {hour}. Our {team} cannot work.",
    "[Nothing loads|Nobody can log in], your servers are down[ since {hour}|].",
];

/// Reports an incident or breach.
pub(super) const SECURITY: &[&str] = &[
    "[We suspect|I think there was|We have] a [data breach|security breach][ at your side|]: [customer data|data of other customers] is visible in the {feature}.",
    "[Somebody|Someone] [hacked|broke into|has taken over] our account[ on {weekday}|] and changed the {field}.",
    "Our account was hacked[ last night|]. There are logins that are not ours.",
    "I can see another customer's data on the {page}. This is a data leak.",
    "Our API keys were leaked[ through the {feature}|], there was unauthorized access to our account.",
];

/// Threatens to go public.
pub(super) const PUBLIC: &[&str] = &[
    "I will [post this on|share this on|put this on] [Twitter|LinkedIn|social media|every review site].",
    "[Expect|You will get] a one-star review [on every platform|from all of us].",
    "I am going to tell [the press|everybody on social media|every journalist I know] about this.",
];

/// Anger without a threat.
pub(super) const ANGER: &[&str] = &[
    "This is [absolutely|simply|completely|] unacceptable[, {agent}|]! I am [furious|really angry|fed up].",
    "I am [furious|outraged|livid]! [What a disgrace|This is outrageous|This is a disgrace].",
    "[Unacceptable.|Totally unacceptable!] [I am sick of this|I am so angry right now|This makes me furious].",
    "Are you kidding me?! [This is ridiculous|This is outrageous], I am [furious|beyond angry].",
];

/// Degrades a person.
pub(super) const ABUSE: &[&str] = &[
    "You are [a complete idiot|all idiots|a moron|useless idiots].",
    "[What a bunch of|You are a bunch of] [idiots|morons|clowns and liars].",
    "Are you [stupid|an idiot]? [Moron.|You idiot.]",
];

/// Swears.
pub(super) const PROFANITY: &[&str] = &[
    "What the f*ck is [wrong|going on] with the {feature}?!",
    "This is [bullshit|total bullshit|complete bullshit]. The {feature} is [a piece of shit|shit].",
    "[Fix this shit|Fix the damn thing], I have lost {number} hours[ to this crap|].",
];

/// Capitals on top of anger.
pub(super) const SHOUTING: &[&str] = &[
    "WHY IS NOBODY ANSWERING ME?! THIS IS [UNACCEPTABLE|RIDICULOUS|OUTRAGEOUS]!!",
    "I HAVE BEEN WAITING FOR {number} DAYS!!! FIX [THIS|IT] NOW!",
    "STOP SENDING ME THE SAME ANSWER!!! IT DOES NOT WORK!",
];

/// Was here before.
pub(super) const REPEAT: &[&str] = &[
    "This is the [third|fourth|fifth] time I [contact you|write to you|have to ask] about the {feature}.",
    "I [already told you|have already explained this|explained this already] [twice|{number} times], [please read the history|see above].",
    "[Same issue again|The same problem is back], I [contacted|wrote to] you [last week|on {weekday}] about it.",
];

/// Is worn down by the support itself.
pub(super) const FRUSTRATION: &[&str] = &[
    "[Still no answer|Still no response|I am still waiting for an answer] after {number} days. [Is anyone there?|Nobody answers.]",
    "You keep [asking me the same thing|sending me the same link|sending me in circles]. That is not what I asked.",
    "[I have been waiting|We have been waiting] for {number} hours and nobody [helps|gets back to us]. This is [so|really] frustrating.",
    "I keep getting passed from one person to the next, [nobody helps|it is a waste of my time].",
];

/// Dissatisfied.
pub(super) const COMPLAINT: &[&str] = &[
    "The {feature} is [terrible|awful|a mess] since the update, [nothing works|it fails all the time|it loses our entries].",
    "I want to [complain|file a complaint] about the {feature}. [Very poor quality|The worst service we have had].",
    "We are [very|extremely|deeply] [disappointed|unhappy|dissatisfied] with the {feature}.",
];

/// Time presses.
pub(super) const URGENCY: &[&str] = &[
    "This is [urgent|extremely urgent|an emergency], we need it [fixed|solved] [immediately|right now|within the hour].",
    "[ASAP please|URGENT]: the {team} goes live at {hour} and the {feature} [does not work|fails].",
];

/// A bot that asks the same thing again in other words.
pub(super) const BOT_QUESTIONS: &[&str] = &[
    "[Sorry|I'm sorry], I did not understand that. Could you rephrase your question about the {feature}?",
    "I'm not sure I understand. Can you rephrase your question about the {feature}?",
    "Sorry, I didn't get that. Please rephrase your question about the {feature}.",
];

/// A bot that hands out the same article over and over.
pub(super) const BOT_RESOURCES: &[&str] = &[
    "This article may help: https://help.example.com/articles/clear-cache",
    "Have you seen this article? https://help.example.com/articles/clear-cache [Did that help?|]",
    "You may find this useful: https://help.example.com/articles/clear-cache",
];

/// What customers say to such a bot.
pub(super) const BOT_REPLIES: &[&str] = &[
    "No. The {feature} does not [show|save] the {field}.",
    "[That is not what I asked|That did not help]. The {field} is missing in the {feature}.",
    "[I read that already|Again: no]. The {feature} [loses|drops] the {field}.",
];

/// Ends without an answer.
pub(super) const VAGUE: &[&str] = &[
    "I hope that helps! [Have a great day.|Let us know if there is anything else.]",
    "[Hope this helps!|I hope this helps.] Feel free to reach out.",
];

/// Still not solved.
pub(super) const UNSOLVED: &[&str] = &[
    "No, that does not help. The {feature} is still [broken|failing|not working].",
    "[It is|That is] still not [fixed|solved|working], {agent}. [The same error as before.|]",
];
