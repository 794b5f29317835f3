// The documents that Relay's compiler reads: fragments, a connection that pages, and mutations that change it.
import { graphql } from 'relay-runtime'

export const page = graphql`
  query lifePageQuery($organization: ID!, $first: Int!, $after: String) {
    viewer { principal { ... on ServiceAccount { id name } } tokenExpiresAt }
    organization(id: $organization) {
      ...life_accounts @arguments(first: $first, after: $after)
    }
  }
`

export const accounts = graphql`
  fragment life_accounts on Organization
  @refetchable(queryName: "lifeAccountsPaginationQuery")
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
    id
    name
    serviceAccounts(first: $first, after: $after) @connection(key: "life_serviceAccounts") {
      edges { node { ...life_account } }
      permissions { serviceAccounts { create } }
    }
  }
`

export const account = graphql`
  fragment life_account on ServiceAccount {
    id
    name
    credentials(first: 20) { nodes { id clientId disabledAt rotation { state } } }
    permissions { serviceAccounts { update } }
  }
`

export const create = graphql`
  mutation lifeCreateMutation($input: CreateServiceAccountInput!, $connections: [ID!]!) {
    createServiceAccount(input: $input) {
      serviceAccount
        @appendNode(connections: $connections, edgeTypeName: "ServiceAccountEdge") {
        ...life_account
      }
    }
  }
`

export const update = graphql`
  mutation lifeUpdateMutation($input: UpdateServiceAccountInput!) {
    updateServiceAccount(input: $input) { serviceAccount { ...life_account } }
  }
`

export const remove = graphql`
  mutation lifeDeleteMutation($input: DeleteServiceAccountInput!, $connections: [ID!]!) {
    deleteServiceAccount(input: $input) {
      deletedId @deleteEdge(connections: $connections)
      deletedCredentialIds @deleteRecord
    }
  }
`
