// The first tabs.

const whoAmI = `# Get a token with the form above, then press Ctrl-Enter.
query WhoAmI {
  viewer {
    principal {
      ... on ServiceAccount {
        id
        name
      }
    }
    organization {
      id
      label
      name
    }
    roles {
      label
      permissions
    }
    scopes
    tokenExpiresAt
  }
}
`

const serviceAccounts = `query ServiceAccounts($first: Int = 20, $after: String) {
  viewer {
    organization {
      label
      serviceAccounts(first: $first, after: $after) {
        nodes {
          id
          name
          permissions {
            serviceAccounts {
              update
              delete
            }
            serviceAccountCredentials {
              create
            }
          }
          credentials(first: 5) {
            nodes {
              id
              clientId
              name
              lastUsedAt
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
`

const createServiceAccount = `# organizationId is the id or the label of your organization: WhoAmI shows both.
mutation CreateServiceAccount($input: CreateServiceAccountInput!) {
  createServiceAccount(input: $input) {
    serviceAccount {
      id
      name
      createdAt
    }
  }
}
`

const auditEvents = `# Shows audit events as they are recorded, until it is stopped.
subscription AuditEvents($organizationId: ID!) {
  auditEventAdded(organizationId: $organizationId) {
    cursor
    auditEvent {
      createdAt
      action
      actorName
      targetName
    }
  }
}
`

const input = { organizationId: 'dev', name: 'Nightly export', description: 'Exports orders every night' }

/** The tabs of a person who opens the page for the first time. */
export const examples = [
  { query: whoAmI },
  { query: serviceAccounts, variables: JSON.stringify({ first: 20 }, null, 2) },
  { query: createServiceAccount, variables: JSON.stringify({ input }, null, 2) },
  { query: auditEvents, variables: JSON.stringify({ organizationId: 'dev' }, null, 2) },
]
