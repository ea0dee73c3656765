//! The parameters of an address: the flags of the command, each known, each value checked.

use super::Denied;

/// More parameters than any question has flags.
const PARAMS_MAX: usize = 128;

/// Parameters as they were sent; whoever knows one takes it out.
#[derive(Clone, Debug)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query. Names may be written with `_` for `-`; one without a value, as a form sends
    /// it that nobody filled in, is not there.
    pub fn of(query: Option<&str>) -> Result<Self, Denied> {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let named = pairs.map(|(name, value)| (name.replace('_', "-"), value.trim().to_owned()));
        let given: Vec<_> = named.filter(|(_, value)| !value.is_empty()).collect();
        if given.len() > PARAMS_MAX {
            return Err(Denied::TooLong);
        }
        Ok(Self(given))
    }

    /// Takes every value of a parameter.
    pub fn all(&mut self, name: &str) -> Vec<String> {
        let (taken, rest) =
            std::mem::take(&mut self.0).into_iter().partition(|(given, _)| given == name);
        self.0 = rest;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// Takes a parameter that is given once, or not at all.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Denied> {
        let mut values = self.all(name);
        match values.len() {
            0 | 1 => Ok(values.pop()),
            _ => Err(wrong(name, "it is given twice".to_owned())),
        }
    }

    /// Takes a parameter as what `read` makes of it; `read` says what it should have been.
    pub fn read<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Denied> {
        let text = self.text(name)?;
        text.map(|text| read(&text).map_err(|why| wrong(name, why))).transpose()
    }

    /// Takes a whole number.
    pub fn number<T: std::str::FromStr>(&mut self, name: &str) -> Result<Option<T>, Denied> {
        self.read(name, |text| text.parse().map_err(|_| format!("`{text}` is no whole number")))
    }

    /// Holds that everything was taken.
    pub fn done(self) -> Result<(), Denied> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(Denied::UnknownParameter(name)),
            None => Ok(()),
        }
    }
}

/// Returns the refusal of a value.
pub fn wrong(name: &str, why: String) -> Denied {
    Denied::Parameter { name: name.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_knows_and_what_is_given_twice_is_refused() {
        let mut params = Params::of(Some("min_spaces=3&state=&x=1&y=1&y=2")).unwrap();
        assert_eq!(params.number::<usize>("min-spaces"), Ok(Some(3)));
        assert_eq!(params.text("state"), Ok(None));
        assert!(matches!(params.text("y"), Err(Denied::Parameter { .. })));
        assert_eq!(params.clone().done(), Err(Denied::UnknownParameter("x".to_owned())));
        assert!(params.number::<u64>("x").is_ok() && params.done().is_ok());
        let many = "a=1&".repeat(PARAMS_MAX + 1);
        assert!(matches!(Params::of(Some(&many)), Err(Denied::TooLong)));
    }
}
