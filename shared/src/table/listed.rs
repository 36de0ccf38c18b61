use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, Select},
};
use futures::future::{try_join, try_join_all};

use super::{Page, StoreError, Table, expression::Expression};
use crate::{
    domain::{Guarded, OrganizationId, Permission, UserId},
    items::{Attributes, List, listing::Span},
};

/// The name of the index of lists, see [`crate::items::listing`].
const INDEX: &str = "lists";
/// The number of further reads for a page with a filter. Each one reads four times as many items as the one before,
/// until the page is full.
const TIMES: u32 = 4;
/// The maximum number of items that are counted.
const MOST_COUNTED: i32 = 1000;

/// A filtered list: parts of one list or of several, in the order of their list keys.
///
/// It comes from an index, so it can be moments behind the table. No decision depends on it.
#[derive(Clone, Debug)]
pub(super) struct ListedQuery {
    pub(super) organization: OrganizationId,
    pub(super) parts: Vec<(List, Span)>,
    /// Whether the list is read from the last list key to the first.
    pub(super) backwards: bool,
    /// A condition for items that the lists do not distinguish.
    pub(super) filter: Option<Expression>,
    pub(super) limit: usize,
}

impl Table {
    /// Reads a filtered list of an organization for `reader`, who needs `permission`, in one round trip.
    ///
    /// If a page with a filter is not full, the code reads further in growing steps. So it costs little if most items
    /// match. Only the first step does not wait for the reader's membership, so a caller who is not a member costs no
    /// more than that.
    pub(super) async fn guarded_listed(
        &self,
        reader: &UserId,
        permission: Permission,
        query: ListedQuery,
        after: Option<&str>,
    ) -> Result<Guarded<Page<Attributes>>, StoreError> {
        let first = self.listed(&query, after, query.limit);
        let (reader, mut page) = try_join(self.membership(query.organization, reader), first).await?;
        let may = reader.as_ref().is_some_and(|reader| reader.permissions().decide(permission.into()).is_ok());
        for time in 1..TIMES {
            let missing = query.limit.saturating_sub(page.items.len());
            let Some(after) = page.next.take_if(|_| may && missing > 0) else { break };
            let rest = ListedQuery { limit: missing, ..query.clone() };
            let more = self.listed(&rest, Some(&after), query.limit * 4_usize.pow(time)).await?;
            page.items.extend(more.items);
            page.next = more.next;
        }
        Ok(Guarded::new(reader, page))
    }

    /// Runs one query for each part, side by side. `looked_at` is the number of items that each query evaluates.
    pub(super) async fn listed(
        &self,
        query: &ListedQuery,
        after: Option<&str>,
        looked_at: usize,
    ) -> Result<Page<Attributes>, StoreError> {
        let parts = query.parts.iter().filter_map(|(list, span)| {
            let span = match after {
                None => Some(span.clone()),
                Some(key) if query.backwards => span.clone().continued_before(key),
                Some(key) => span.clone().continued_after(key),
            };
            // One more tells whether there is more.
            Some(self.part(query, *list, span?, looked_at + 1))
        });
        let parts = try_join_all(parts).await?;
        Ok(merged(parts, query.backwards, query.limit))
    }

    async fn part(&self, query: &ListedQuery, list: List, span: Span, looked_at: usize) -> Result<Part, StoreError> {
        let answer = self
            .of_list(query.organization, list, span, query.filter.as_ref())
            .limit(i32::try_from(looked_at).unwrap_or(i32::MAX))
            .scan_index_forward(!query.backwards)
            .send()
            .await?;
        let ended_at = answer.last_evaluated_key.as_ref().and_then(list_key).map(str::to_owned);
        Ok(Part { items: answer.items.unwrap_or_default(), ended_at })
    }

    /// Counts a part of a list, at most 1,000 items: counting is paid by the item.
    pub(super) async fn count_listed(
        &self,
        organization: OrganizationId,
        list: List,
        span: Span,
    ) -> Result<u64, StoreError> {
        let answer =
            self.of_list(organization, list, span, None).select(Select::Count).limit(MOST_COUNTED).send().await?;
        Ok(u64::try_from(answer.count).unwrap_or_default())
    }

    fn of_list(
        &self,
        organization: OrganizationId,
        list: List,
        span: Span,
        filter: Option<&Expression>,
    ) -> QueryFluentBuilder {
        let keys = Expression::new("#list = :list AND #list_key BETWEEN :from AND :to")
            .string(":list", list.name(organization))
            .string(":from", span.from)
            .string(":to", span.to);
        let expressions: Vec<&Expression> = [&keys].into_iter().chain(filter).collect();
        self.client
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression(keys.text())
            .set_filter_expression(filter.map(Expression::text))
            .set_expression_attribute_names(Expression::names(expressions.iter().copied()))
            .set_expression_attribute_values(Expression::values(expressions.iter().copied()))
    }
}

/// The result of one query, in order.
struct Part {
    items: Vec<Attributes>,
    /// The list key at which the query stopped, if there may be more.
    ended_at: Option<String>,
}

fn list_key(item: &Attributes) -> Option<&str> {
    item.get("list_key").and_then(|key| AttributeValue::as_s(key).ok()).map(String::as_str)
}

/// Merges several parts into a page. It ends where the first part stopped, because later items of the other parts
/// belong to the next page.
fn merged(parts: Vec<Part>, backwards: bool, limit: usize) -> Page<Attributes> {
    let is_before = |a: &str, b: &str| if backwards { a > b } else { a < b };
    let ended_at = parts.iter().filter_map(|part| part.ended_at.clone());
    let ended_at = ended_at.reduce(|a, b| if is_before(&a, &b) { a } else { b });
    let mut items: Vec<Attributes> = parts.into_iter().flat_map(|part| part.items).collect();
    items.sort_by(|a, b| if backwards { list_key(b).cmp(&list_key(a)) } else { list_key(a).cmp(&list_key(b)) });
    if let Some(end) = &ended_at {
        items.retain(|item| list_key(item).is_some_and(|key| !is_before(end, key)));
    }
    let is_beyond = items.len() > limit;
    items.truncate(limit);
    let next = if is_beyond { items.last().and_then(list_key).map(str::to_owned) } else { ended_at };
    Page { items, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(keys: &[&str], ended_at: Option<&str>) -> Part {
        let item = |key: &&str| Attributes::from([("list_key".to_owned(), AttributeValue::S((*key).to_owned()))]);
        Part { items: keys.iter().map(item).collect(), ended_at: ended_at.map(str::to_owned) }
    }

    fn page(parts: Vec<Part>, backwards: bool, limit: usize) -> (String, Option<String>) {
        let page = merged(parts, backwards, limit);
        (page.items.iter().filter_map(list_key).collect(), page.next)
    }

    #[test]
    fn a_page_is_merged_in_order() {
        let two = || vec![part(&["a", "d"], None), part(&["b", "c"], None)];
        assert_eq!(page(two(), false, 3), ("abc".to_owned(), Some("c".to_owned())));
        assert_eq!(page(two(), false, 4), ("abcd".to_owned(), None));
        let two = vec![part(&["d", "a"], None), part(&["c", "b"], None)];
        assert_eq!(page(two, true, 3), ("dcb".to_owned(), Some("b".to_owned())));
    }

    #[test]
    fn a_page_ends_where_the_first_part_stopped() {
        let two = vec![part(&["a"], Some("b")), part(&["b", "c"], None)];
        assert_eq!(page(two, false, 3), ("ab".to_owned(), Some("b".to_owned())));
        let two = vec![part(&["d"], Some("c")), part(&["c", "b"], Some("a"))];
        assert_eq!(page(two, true, 3), ("dc".to_owned(), Some("c".to_owned())));
        // Nothing matched yet, and there may be more.
        assert_eq!(page(vec![part(&[], Some("k"))], false, 3), (String::new(), Some("k".to_owned())));
        assert_eq!(page(Vec::new(), false, 3), (String::new(), None));
    }
}
