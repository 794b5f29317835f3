// Apollo Client with the documented cache settings, and the documented query with the client's defaults.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { authorization, endpoint, live, settings, token, type Client } from './life.mjs'

const link = new HttpLink({ uri: endpoint, headers: { authorization } })
const typePolicies = Object.fromEntries(settings.embeddedTypes.map((name) => [name, { merge: true }]))
const apollo = new ApolloClient({
  link,
  cache: new InMemoryCache({ possibleTypes: settings.possibleTypes, typePolicies }),
})

/** The first of the errors that a response has. */
function first(error: unknown): never {
  throw CombinedGraphQLErrors.is(error) ? error.errors[0] : error
}

const client: Client = {
  async query(query, variables) {
    const { data } = await apollo.query({ query, variables, fetchPolicy: 'network-only' }).catch(first)
    return data!
  },
  async cached(query, variables) {
    const { data } = await apollo.query({ query, variables, fetchPolicy: 'cache-only' })
    return data
  },
  async mutate(mutation, variables) {
    const { data } = await apollo.mutate<any, any>({ mutation, variables }).catch(first)
    return data!
  },
}
await live('Apollo Client', client)

// The documented query, as a viewer, with nothing configured but where and who.
const [, , , , viewerFile = '', page = ''] = process.argv
const viewer = JSON.parse(readFileSync(viewerFile, 'utf8'))
const [, text = ''] = /## Example query\n.*?```graphql\n(.*?)```/s.exec(readFileSync(page, 'utf8')) ?? []
const plain = new ApolloClient({
  link: new HttpLink({ uri: endpoint, headers: { authorization: await token(viewer) } }),
  cache: new InMemoryCache(),
})
const shown = await plain.query<any>({ query: gql(text), variables: { organization: viewer.organization_label } })
assert.equal(shown.error, undefined)
assert(shown.data.organization.serviceAccounts.nodes.length > 1)
assert(shown.data.organization.serviceAccounts.nodes.some((it: any) => it.credentials.nodes.length > 0))
console.log('Apollo Client: the documented page as org_viewer')
