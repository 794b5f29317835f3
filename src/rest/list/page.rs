//! Pages of lists in bodies.

use serde::Serialize;
use utoipa::ToSchema;

use crate::page::{Listed, Page};

/// The position of a page in its list.
#[derive(Serialize, ToSchema)]
pub struct PageInfo {
    /// Whether items follow this page.
    #[schema(example = true)]
    has_next_page: bool,
    /// Whether items precede this page.
    #[schema(example = false)]
    has_prev_page: bool,
    /// Cursor of the first item, for `before`; absent on an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "AAZuKjLwQEBjOGsydjBxNG16")]
    start_cursor: Option<String>,
    /// Cursor of the last item, for `after`; absent on an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "AAZuKjLwQEBjOGsydjBxNG16")]
    end_cursor: Option<String>,
}

/// The position of the only page of a list.
#[derive(Default, Serialize, ToSchema)]
pub struct OnlyPageInfo {
    /// Always false: no items follow this page.
    #[schema(example = false)]
    has_next_page: bool,
    /// Always false: no items precede this page.
    #[schema(example = false)]
    has_prev_page: bool,
}

impl<T: Listed> From<&Page<T>> for PageInfo {
    fn from(page: &Page<T>) -> Self {
        Self {
            has_next_page: page.has_next,
            has_prev_page: page.has_previous,
            start_cursor: page.items.first().map(|item| page.cursor(item)),
            end_cursor: page.items.last().map(|item| page.cursor(item)),
        }
    }
}

/// A list as a response: a page of it with the permissions of the list, or the whole of it without.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident of $item:ident) => {
        $(#[$doc])*
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// All items of the list.
            #[schema(max_items = 100)]
            items: Vec<$item>,
            page_info: $crate::rest::list::OnlyPageInfo,
        }

        impl FromIterator<$item> for $name {
            fn from_iter<I: IntoIterator<Item = $item>>(items: I) -> Self {
                Self { items: items.into_iter().collect(), page_info: Default::default() }
            }
        }
    };
    ($(#[$doc:meta])* $name:ident of $item:ident, $permissions:ident) => {
        $(#[$doc])*
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// Items of this page, in order of creation.
            #[schema(max_items = 100)]
            pub items: Vec<$item>,
            pub page_info: $crate::rest::list::PageInfo,
            /// Permissions of the caller on the list; with `expand=permissions` only.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub permissions: Option<$permissions>,
        }
    };
}
pub(in crate::rest) use list;
