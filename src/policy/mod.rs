//! Policy files (TOML): what a level is, what tiers weigh, how long a cool-down lasts. Loaded and linted by one path.
