//! What real cargo says when it fails, and the cause we name: each row of the table is brought about, by the state that causes it.
//!
//! **Invariant**: every output comes from the cargo that runs here; only registries are scripted, where no feed would answer so.

mod files;
mod publishing;
mod registries;
mod tokens;

use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use axum::http::{StatusCode, Uri};
use serde_json::Value;

use crate::checks::Broken;

/// Says what a registry of its own is.
const CONFIG: &str = r#"{"dl": "HERE/dl", "api": "HERE"}"#;
/// The same, for those who are signed in alone.
const PRIVATE: &str = r#"{"dl": "HERE/dl", "api": "HERE", "auth-required": true}"#;
/// The index entry of the crate that projects need here, with a checksum of nothing.
const OURS: &str = r#"{"name":"ours","vers":"1.0.0","deps":[],"cksum":"0000000000000000000000000000000000000000000000000000000000000000","features":{},"yanked":false}"#;

/// What is answered to whoever asks for an address with this in it.
type Answer = (&'static str, u16, &'static str);

/// A registry that answers as it is told.
struct Scripted {
    here: String,
    index: String,
    answers: Arc<Mutex<Vec<Answer>>>,
}

impl Scripted {
    async fn start(answers: &[Answer]) -> Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let here = format!("http://{}", listener.local_addr()?);
        let answers = Arc::new(Mutex::new(answers.to_vec()));
        let (told, base) = (answers.clone(), here.clone());
        let answer = move |uri: Uri| async move {
            let told = told.lock().unwrap_or_else(PoisonError::into_inner);
            let found = told.iter().find(|(part, ..)| uri.path().contains(part));
            let (status, body) = found.map_or((404, ""), |(_, status, body)| (*status, *body));
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            (status, body.replace("HERE", &base))
        };
        let routes = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self {
            here: here.clone(),
            index: format!("sparse+{here}/contoso/_packaging/internal/Cargo/index/"),
            answers,
        })
    }

    fn answer(&self, answers: &[Answer]) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers.to_vec();
    }
}

impl Broken {
    /// A project that needs `ours` of a scripted registry, and nothing is locked or cached yet.
    fn at(scripted: &Scripted) -> Result<Self> {
        let broken = Self::new()?;
        broken.config(&scripted.index)?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        // A cargo that tries thrice says the same thrice.
        broken.user(&format!("{}[net]\nretry = 0\n", crate::checks::TOKENS))?;
        Ok(broken)
    }

    /// What cargo says when it fails.
    fn failing(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(program);
        self.home.inhabit(&mut command);
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        let ran = self.home.run(command.current_dir(&self.folder).args(arguments))?;
        ensure!(ran.code != Some(0), "{arguments:?} went well: {ran:?}");
        Ok(ran.stderr)
    }

    /// What is named as the cause of an output.
    fn cause(&self, output: &str, arguments: &[&str]) -> Result<Value> {
        let mut command = self.home.product("granary")?;
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command.current_dir(&self.folder);
        command.args([&["check", "--json", "--log", "-"], arguments].concat());
        let ran = self.home.run_with(&mut command, output)?;
        let mut told: Value = serde_json::from_str(&ran.stdout).with_context(|| format!("{ran:?}"))?;
        let report = told["report"].as_str().context("a report")?.to_owned();
        let home = self.home.user().display().to_string();
        ensure!(!report.contains(&home) && !report.contains("QQ=="), "{report}");
        Ok(told["cause"].take())
    }

    /// Has cargo fail, and expects the cause to be this one, by the output alone and by all that is looked at.
    fn names(&self, id: &str, cargo: &[&str]) -> Result<Value> {
        self.names_after(id, "cargo", cargo)
    }

    fn names_after(&self, id: &str, program: &str, arguments: &[&str]) -> Result<Value> {
        let output = self.failing(program, arguments)?;
        let cause = self.cause(&output, &["--offline"])?;
        ensure!(cause["id"] == id, "not `{id}` but {cause}\n{output}");
        let words = cause["words"].as_str().context("words")?;
        ensure!(!words.contains("{}"), "{words}");
        Ok(cause)
    }
}
