//! Pages of lists in responses.

use serde::Serialize;
use utoipa::ToSchema;

use crate::page::{Page, PageItem};

/// Position of a page in its list.
#[derive(Serialize, ToSchema)]
pub struct PageInfo {
    /// True if items follow this page.
    #[schema(example = true)]
    has_next_page: bool,
    /// True if items precede this page.
    #[schema(example = false)]
    has_prev_page: bool,
    /// Cursor of the first item, for the parameter `before`. Absent on an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "AAZuKjLwQEBjOGsydjBxNG16")]
    start_cursor: Option<String>,
    /// Cursor of the last item, for the parameter `after`. Absent on an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "AAZuKjLwQEBjOGsydjBxNG16")]
    end_cursor: Option<String>,
}

/// Position of the only page of a list.
#[derive(Default, Serialize, ToSchema)]
pub struct OnlyPageInfo {
    /// True if items follow this page. Always false here: the list has one page.
    #[schema(example = false)]
    has_next_page: bool,
    /// True if items precede this page. Always false here: the list has one page.
    #[schema(example = false)]
    has_prev_page: bool,
}

impl<T: PageItem> From<&Page<T>> for PageInfo {
    fn from(page: &Page<T>) -> Self {
        Self {
            has_next_page: page.has_next,
            has_prev_page: page.has_previous,
            start_cursor: page.items.first().map(|item| page.cursor(item)),
            end_cursor: page.items.last().map(|item| page.cursor(item)),
        }
    }
}

/// Defines the response of a list: a page with the permissions of the list, or all items on one page.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident of $item:ident) => {
        $(#[$doc])*
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// All items of the list.
            // The longest one is that of roles: 3 built-in ones and 100 others.
            #[schema(max_items = 103)]
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
            /// Items of this page, in the order of the list.
            #[schema(max_items = 100)]
            pub items: Vec<$item>,
            pub page_info: $crate::rest::list::PageInfo,
            /// Permissions of the caller on the resource or list. Absent without `expand=permissions`.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub permissions: Option<$permissions>,
        }
    };
}
pub(in crate::rest) use list;
