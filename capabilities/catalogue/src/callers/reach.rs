use std::sync::Arc;

/// The library of a customer, or the part of it that lies in some spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    pub customer: u32,
    pub spaces: Option<Arc<[u32]>>,
}

impl Reach {
    pub fn covers(&self, space: u32) -> bool {
        self.spaces.as_ref().is_none_or(|spaces| spaces.contains(&space))
    }

    /// As SQL of the column that holds a space.
    pub(crate) fn condition(&self, column: &str) -> String {
        let Some(spaces) = &self.spaces else { return "TRUE".to_owned() };
        let numbers: Vec<_> = spaces.iter().map(ToString::to_string).collect();
        if numbers.is_empty() {
            "FALSE".to_owned()
        } else {
            format!("{column} IN ({})", numbers.join(", "))
        }
    }

    /// As SQL of `batch`: those of which no member lies elsewhere. Each gap between the spaces is looked up once in the
    /// index of the members, however many there are.
    pub(crate) fn condition_of_batches(&self) -> String {
        let Some(spaces) = &self.spaces else { return "TRUE".to_owned() };
        // A subquery with a limit stays one: as NOT EXISTS, PostgreSQL may read all members of all batches for it.
        let none_in = |gap: String| {
            format!(
                "(SELECT 1 FROM batch_member WHERE batch_member.batch = batch.id{gap} LIMIT 1) IS NULL"
            )
        };
        let gaps: Vec<_> = gaps(spaces).into_iter().map(none_in).collect();
        gaps.join(" AND ")
    }
}

impl From<u32> for Reach {
    fn from(customer: u32) -> Self {
        Self { customer, spaces: None }
    }
}

/// What lies between some numbers, before the first and after the last, as SQL.
fn gaps(spaces: &[u32]) -> Vec<String> {
    let mut sorted = spaces.to_vec();
    sorted.sort_unstable();
    let mut gaps = Vec::new();
    let mut above = String::new();
    let mut next = 0;
    for space in sorted {
        if space > next {
            gaps.push(format!("{above} AND batch_member.space < {space}"));
        }
        above = format!(" AND batch_member.space > {space}");
        next = space.saturating_add(1);
    }
    gaps.push(above);
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_lie_beside_and_between_the_spaces() {
        for (spaces, expected) in [
            (&[5][..], &["<5", ">5"][..]),
            (&[7, 5, 6, 6, 9], &["<5", ">7<9", ">9"]),
            (&[0, 1], &[">1"]),
            (&[], &[""]),
        ] {
            let found: Vec<_> = gaps(spaces)
                .iter()
                .map(|gap| gap.replace(" AND batch_member.space ", "").replace(' ', ""))
                .collect();
            assert_eq!(found, expected, "{spaces:?}");
        }
    }

    #[test]
    fn a_customer_reaches_all_spaces_and_a_part_of_it_its_own() {
        let part = Reach { customer: 2, spaces: Some(Arc::from([5, 6])) };
        assert!(part.covers(5) && !part.covers(7) && Reach::from(2).covers(7));
        assert_eq!(part.condition("space"), "space IN (5, 6)");
        assert_eq!(Reach::from(2).condition("space"), "TRUE");
        let nothing = Reach { customer: 2, spaces: Some(Arc::from([])) };
        assert_eq!(nothing.condition("space"), "FALSE");
    }
}
