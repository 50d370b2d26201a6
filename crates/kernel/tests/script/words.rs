//! The words of a line, with its options taken out.

use hansa_types::Duration;

/// The words of a command.
pub(crate) struct Words<'a> {
    text: &'a str,
    words: Vec<&'a str>,
    options: Vec<&'a str>,
}

impl<'a> Words<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let is_option = |word: &&str| word.starts_with(['@', '!']);
        let (options, words) = text.split_whitespace().partition::<Vec<_>, _>(is_option);
        Self { text: text.trim(), words, options }
    }

    /// The whole command.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The next word.
    pub(crate) fn next(&mut self) -> Result<&'a str, String> {
        match self.words.is_empty() {
            true => Err("a word is missing".to_owned()),
            false => Ok(self.words.remove(0)),
        }
    }

    /// All further words.
    pub(crate) fn rest(&mut self) -> Vec<&'a str> {
        std::mem::take(&mut self.words)
    }

    /// Takes a word out, wherever it stands.
    pub(crate) fn flag(&mut self, word: &str) -> bool {
        let position = self.words.iter().position(|&w| w == word);
        position.map(|at| self.words.remove(at)).is_some()
    }

    /// Takes the word behind another one out, wherever the two stand.
    pub(crate) fn after(&mut self, word: &str) -> Option<&'a str> {
        let at = self.words.iter().position(|&w| w == word)?;
        self.words.remove(at);
        (at < self.words.len()).then(|| self.words.remove(at))
    }

    /// The next word, if it is a currency's code.
    pub(crate) fn code(&mut self) -> Option<&'a str> {
        let code =
            self.words.first().filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
        code.is_some().then(|| self.words.remove(0))
    }

    /// Takes what follows a mark such as `fee:` out, wherever it stands.
    pub(crate) fn keyed(&mut self, mark: &str) -> Option<&'a str> {
        let at = self.words.iter().position(|word| word.starts_with(mark))?;
        self.words.remove(at).strip_prefix(mark)
    }

    /// What follows a mark (`@`, `!idem:` …) among the options.
    pub(crate) fn option(&self, mark: &str) -> Option<&'a str> {
        self.options.iter().find_map(|option| option.strip_prefix(mark))
    }

    /// Whether no words are left.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Complains about words that nobody took.
    pub(crate) fn finish(&self) -> Result<(), String> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(format!("the word {word} is not understood")),
        }
    }
}

/// A span such as `60s`, `7d` or `250ms`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let count: u64 = digits.parse().map_err(|_| format!("{text} is not a span of time"))?;
    Ok(match &text[digits.len()..] {
        "ms" => Duration(count),
        "s" => Duration::seconds(count),
        "m" => Duration::minutes(count),
        "h" => Duration::hours(count),
        "d" => Duration::days(count),
        unit => return Err(format!("{unit} is not a unit of time")),
    })
}
