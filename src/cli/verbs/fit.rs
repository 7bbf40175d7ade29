//! `foreshock fit`.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, anyhow};

use crate::cli::learning::Fit;
use crate::cli::{Exit, Failure, OrExit, load};
use crate::detect::Detector;
use crate::fit::{Corpus, Example, Judged, Plan, cross_fit, fit, read_example};
use crate::knowledge::{Files, Folders};
use crate::lexicon::{Language, Lexicons, MODEL_SUFFIX};
use crate::model::ModelFile;
use crate::rules::RuleSet;
use crate::signal::Signal;

/// Learns weights and writes them, or judges every message by weights that never saw it.
pub(crate) fn fit_weights(arguments: &Fit) -> Result<Exit, Failure> {
    let plan = plan(arguments).or_exit(Exit::Usage)?;
    let examples = examples(&arguments.labels).or_exit(Exit::Input)?;
    let (mut diagnostics, folders) = (
        Vec::new(),
        Folders {
            lexicons: arguments.lexicons.iter().cloned().collect(),
            rules: arguments.rules.iter().cloned().collect(),
            ..Folders::default()
        },
    );
    let files = Files::with_folders(&folders, &mut diagnostics);
    let models = files.lexicons.iter().filter(|file| file.path.ends_with(MODEL_SUFFIX));
    let known: Vec<ModelFile> = models.filter_map(|file| ModelFile::read(file, &mut diagnostics)).collect();
    let lexicons = Lexicons::load(&files.lexicons, &mut diagnostics);
    let rules = RuleSet::load(&files.rules, &lexicons, &mut diagnostics);
    if !diagnostics.is_empty() {
        return Err(load::told(Exit::Knowledge, &diagnostics));
    }
    let detector = Detector::new(&lexicons, &rules);
    let corpus = Corpus::new(examples, &plan.model, &detector, &known);
    if arguments.cross_fit {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut written = Ok(());
        let with = |models| Detector::new(&lexicons, &rules).with_models(models);
        cross_fit(&corpus, &plan, &known, with, |judged| {
            if written.is_ok() {
                written = write_judged(&mut out, &judged);
            }
        })
        .map_err(|fault| Failure::new(Exit::Usage, anyhow!(fault)))?;
        written.and_then(|()| out.flush()).or_exit(Exit::Output)?;
        return Ok(Exit::Success);
    }
    let chosen =
        plan.model.iter().filter(|model| arguments.signal.as_ref().is_none_or(|signal| *signal == model.signal));
    for model in chosen {
        let (signal, language) = (model.signal(), model.language());
        let known = known.iter().find(|file| Ok(file.signal) == signal && Ok(file.language) == language);
        let fitted =
            fit(&corpus, &plan, model, known, |_| true).map_err(|fault| Failure::new(Exit::Input, anyhow!(fault)))?;
        // With stderr gone nobody wants to know.
        let _ = writeln!(
            anstream::stderr().lock(),
            "{}: {} messages, {} with the signal, {} terms",
            model.name(),
            fitted.messages,
            fitted.positive,
            fitted.file.terms.len()
        );
        write_model(arguments.out.as_deref(), &fitted.file).or_exit(Exit::Output)?;
    }
    Ok(Exit::Success)
}

fn plan(arguments: &Fit) -> anyhow::Result<Plan> {
    if let Some(path) = &arguments.plan {
        #[allow(clippy::disallowed_methods, reason = "the command line reads the files that it is given")]
        let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        return Plan::read(&text).map_err(|fault| anyhow!("{}: {fault}", path.display()));
    }
    let Some(name) = &arguments.signal else { return Err(anyhow!("say what to learn: `--signal` or `--plan`")) };
    let signal = Signal::from_name(name).ok_or_else(|| anyhow!("there is no signal `{name}`; see docs/SIGNALS.md"))?;
    let language = Language::from_code(&arguments.language).filter(|language| *language != Language::Any);
    let language = language.ok_or_else(|| anyhow!("`{}` is not a supported language", arguments.language))?;
    let mut model = Plan::of_one(signal, language);
    model.precision = arguments.precision.clamp(0.0, 1.0);
    Ok(Plan { model: vec![model], ..Plan::default() })
}

fn examples(path: &Path) -> anyhow::Result<Vec<Example>> {
    let lines: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        #[allow(clippy::disallowed_methods, reason = "the command line reads the files that it is given")]
        let file = fs::File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut examples = Vec::new();
    for (index, line) in lines.lines().enumerate() {
        let line = line?;
        if !line.trim().is_empty() {
            examples.push(read_example(index + 1, &line)?);
        }
    }
    Ok(examples)
}

/// A line as `scan` writes it.
fn write_judged(out: &mut impl Write, judged: &Judged) -> io::Result<()> {
    let scores: serde_json::Map<String, serde_json::Value> = Signal::ALL
        .iter()
        .map(|signal| (signal, judged.strengths[signal.index()].thousandths()))
        .filter(|(_, strength)| *strength > 0)
        .map(|(signal, strength)| (signal.name().to_owned(), (f64::from(strength) / 1_000.0).into()))
        .collect();
    let fired: Vec<&str> = judged.fired.iter().map(Signal::name).collect();
    serde_json::to_writer(&mut *out, &serde_json::json!({"id": judged.id, "scores": scores, "fired": fired}))?;
    out.write_all(b"\n")
}

fn write_model(folder: Option<&Path>, model: &ModelFile) -> anyhow::Result<()> {
    let Some(folder) = folder else {
        io::stdout().lock().write_all(model.to_string().as_bytes())?;
        return Ok(());
    };
    let folder = folder.join(model.language.code());
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}{MODEL_SUFFIX}", model.signal));
    fs::write(&path, model.to_string()).with_context(|| format!("cannot write `{}`", path.display()))
}
