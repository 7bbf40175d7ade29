//! Word lists that the sentences draw from. All names are made up.

/// The word list of a slot.
///
/// # Panics
/// When there is none of that name; every template is expanded by a test.
pub(super) fn list(name: &str) -> &'static [&'static str] {
    match name {
        "weekday" => WEEKDAYS,
        "hour" => HOURS,
        "number" => NUMBERS,
        "page" => PAGES,
        "action" => ACTIONS,
        "team" => TEAMS,
        "device" => DEVICES,
        "tool" => TOOLS,
        "amount" => AMOUNTS,
        "field" => FIELDS,
        "article" => ARTICLES,
        "thing" => THINGS,
        "quality" => QUALITIES,
        _ => unreachable!("no word list of that name: {name}"),
    }
}

/// First names, for customers and agents.
pub(super) const FIRST_NAMES: &[&str] = &[
    "Amara", "Bastian", "Celine", "Dorian", "Edda", "Farid", "Greta", "Hugo", "Ines", "Jaro", "Kaia", "Leon", "Mira",
    "Nils", "Orla", "Pavel", "Quentin", "Rosa", "Selim", "Tilda", "Ugo", "Vera", "Wanda", "Ximena", "Yusuf", "Zora",
    "Anouk", "Bram", "Dalia", "Emil", "Freya", "Goran",
];

/// Last names.
pub(super) const LAST_NAMES: &[&str] = &[
    "Abara",
    "Brandvold",
    "Castellan",
    "Dewhurst",
    "Eklind",
    "Fontanari",
    "Grauwald",
    "Hollins",
    "Ivarsdal",
    "Jankovar",
    "Kerrigal",
    "Lindqvel",
    "Morandel",
    "Nakaruma",
    "Ostrander",
    "Pellegri",
    "Quillfeld",
    "Rasmont",
    "Sorvino",
    "Tessaro",
    "Ulvang",
    "Vandermol",
    "Westbro",
    "Yarrowby",
];

/// First halves of company names.
pub(super) const COMPANY_HEADS: &[&str] = &[
    "Alder", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel", "Lumen",
    "Marble", "Nectar", "Onyx", "Pebble", "Quarry", "Ridge", "Saffron", "Timber", "Umbra", "Velvet", "Willow",
    "Zephyr",
];

/// Second halves of company names.
pub(super) const COMPANY_TAILS: &[&str] = &[
    "loop Logistics",
    "field Foods",
    "works Tooling",
    "gate Freight",
    "mark Paper",
    "stone Optics",
    "line Textiles",
    "view Clinics",
    "port Marine",
    "craft Lighting",
    "point Education",
    "way Rentals",
];

/// What conversations are about.
pub(super) const FEATURES: &[&str] = &[
    "invoice export",
    "single sign-on setup",
    "webhook page",
    "revenue dashboard",
    "audit log",
    "contact import",
    "mobile app",
    "global search",
    "calendar sync",
    "report builder",
    "permissions page",
    "token page",
    "warehouse sync",
    "approval workflow",
    "notification settings",
    "quote editor",
    "shared inbox",
    "time tracker",
    "map view",
    "billing page",
    "document vault",
    "form designer",
    "partner portal",
    "usage report",
];

const WEEKDAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const HOURS: &[&str] = &["8:15", "9:00", "9:40", "10:30", "11:05", "noon", "13:20", "14:00", "15:45", "16:10", "17:30"];
const NUMBERS: &[&str] = &["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty"];
const PAGES: &[&str] = &[
    "settings page",
    "overview",
    "account page",
    "sidebar",
    "team page",
    "detail view",
    "history tab",
    "summary",
    "admin console",
    "workspace list",
];
const ACTIONS: &[&str] = &[
    "rename a folder",
    "add a colleague",
    "change the time zone",
    "sort by date",
    "filter by region",
    "share a view with a partner",
    "set a default currency",
    "print the summary",
    "schedule a weekly mail",
    "merge two contacts",
    "move a project",
    "connect a second mailbox",
    "read the totals",
    "copy a template",
    "duplicate last month's setup",
    "upload a logo",
];
const TEAMS: &[&str] = &[
    "finance team",
    "field team",
    "warehouse team",
    "sales team",
    "office in Lyon",
    "night shift",
    "operations team",
    "design team",
    "branch in Graz",
    "planning group",
];
const DEVICES: &[&str] =
    &["a laptop", "my phone", "the tablet at the front desk", "a desktop", "a shared terminal", "two machines"];
const TOOLS: &[&str] = &["Firefox", "Chrome", "Safari", "Edge", "the desktop app", "the mobile app"];
const AMOUNTS: &[&str] = &["$49", "$120", "$310.50", "€89", "€1,240", "£75", "$2,400", "€615.20", "$18,000"];
const FIELDS: &[&str] = &[
    "region",
    "owner",
    "due date",
    "currency",
    "status",
    "quantity",
    "unit price",
    "cost center",
    "tax code",
    "label",
];
const ARTICLES: &[&str] = &[
    "https://help.example.com/articles/first-steps",
    "https://help.example.com/articles/export-basics",
    "https://help.example.com/articles/roles-explained",
    "https://help.example.com/articles/clear-cache",
    "https://help.example.com/articles/sync-overview",
];

/// Nouns of no account, so that texts draw on about as many words as people do.
#[rustfmt::skip] // One word a line would make this list longer than all the code.
const THINGS: &[&str] = &[
    "agenda", "appendix", "apartment", "appointment", "archive", "atlas", "attendance", "balcony", "banner",
    "barcode", "basket", "battery", "beacon", "blanket", "blueprint", "bookcase", "booklet", "botany", "boulevard",
    "bracket", "brochure", "bucket", "bulletin", "bundle", "cabinet", "calculator", "calendar", "camera", "canvas",
    "caption", "cartridge", "carousel", "catalogue", "category", "ceiling", "certificate", "chapter", "charter",
    "checklist", "cinema", "circular", "classroom", "clipboard", "coating", "collection", "column", "compass",
    "component", "concert", "contour", "corridor", "courtyard", "crate", "curriculum", "curtain", "cushion",
    "cylinder", "deadline", "decimal", "delivery", "department", "diagram", "dictionary", "digest", "directory",
    "discount", "distance", "district", "document", "doorway", "drawer", "edition", "elevator", "embassy", "emblem",
    "engine", "envelope", "equipment", "estimate", "exhibit", "expense", "fabric", "facility", "festival", "figure",
    "flashlight", "footnote", "forecast", "formula", "fountain", "fraction", "furniture", "gallery", "garden",
    "garment", "geography", "glossary", "graphic", "guideline", "handbook", "harvest", "headline", "heading",
    "hallway", "holiday", "horizon", "inventory", "island", "itinerary", "journal", "keyboard", "kitchen",
    "laboratory", "ladder", "landscape", "language", "lantern", "latitude", "lecture", "lettering", "library",
    "license", "lighting", "longitude", "lounge", "luggage", "machinery", "magazine", "mailing", "manual", "margin",
    "measurement", "mechanism", "medallion", "memorandum", "merchandise", "mezzanine", "microphone", "milestone",
    "monument", "mosaic", "motorway", "museum", "notebook", "nursery", "observation", "orchard", "ornament",
    "outline", "package", "palette", "pamphlet", "paragraph", "parcel", "parking", "partition", "passenger",
    "pathway", "pattern", "pavilion", "pavement", "percentage", "photograph", "pipeline", "planning", "platform",
    "portfolio", "postcard", "poster", "prototype", "province", "quarter", "questionnaire", "quotation", "railway",
    "receipt", "recipe", "rectangle", "refinery", "register", "remainder", "replica", "reservation", "roadmap",
    "rooftop", "rosters", "sample", "sandwich", "scaffold", "schedule", "scheme", "seminar", "sequence", "shelving",
    "shipment", "showroom", "signature", "sketch", "slideshow", "souvenir", "specimen", "spreadsheet", "stationery",
    "statistics", "storage", "storeroom", "studio", "subtitle", "suitcase", "supplement", "surface", "survey",
    "syllabus", "symbol", "symposium", "tablet", "template", "terrace", "textile", "theatre", "thermometer",
    "timetable", "toolbox", "translation", "transport", "treasury", "trolley", "tunnel", "turbine", "tutorial",
    "umbrella", "uniform", "upholstery", "variety", "vehicle", "ventilation", "veranda", "vestibule", "village",
    "vineyard", "vocabulary", "volume", "voucher", "wallpaper", "wardrobe", "warehouse", "waterfront", "wholesale",
    "windmill", "workbench", "workshop", "yearbook",
];

/// Adjectives of no account.
#[rustfmt::skip] // One word a line would make this list longer than all the code.
const QUALITIES: &[&str] = &[
    "abstract", "additional", "adjacent", "alphabetical", "ambient", "annual", "average", "bilingual", "bright",
    "central", "circular", "classic", "coastal", "colorful", "compact", "complete", "concise", "consecutive",
    "contemporary", "continental", "crisp", "current", "cylindrical", "decimal", "decorative", "detailed", "diagonal",
    "digital", "distant", "domestic", "eastern", "electronic", "elegant", "eleventh", "equivalent", "external",
    "familiar", "fifteenth", "finished", "flexible", "floral", "formal", "fourteenth", "functional", "geometric",
    "graphical", "handmade", "historic", "horizontal", "identical", "industrial", "informal", "initial", "inland",
    "internal", "international", "intermediate", "laminated", "lateral", "latest", "leather", "lengthy", "linear",
    "local", "magnetic", "marine", "maritime", "medium", "metallic", "miniature", "modern", "modular", "monthly",
    "movable", "municipal", "narrow", "national", "northern", "numbered", "numerical", "optional", "ordinary",
    "original", "outdoor", "parallel", "partial", "periodic", "permanent", "pictured", "plain", "portable",
    "preliminary", "previous", "principal", "printed", "provincial", "quarterly", "rectangular", "recycled",
    "regional", "regular", "residential", "revised", "rotating", "rounded", "scheduled", "seasonal", "secondary",
    "separate", "sequential", "shared", "silver", "similar", "simple", "southern", "spacious", "spare", "spherical",
    "standard", "striped", "suburban", "summarized", "tabular", "temporary", "thirteenth", "transparent",
    "triangular", "tropical", "typical", "unified", "universal", "upcoming", "updated", "urban", "vertical",
    "visible", "weekly", "western", "wooden",
];
