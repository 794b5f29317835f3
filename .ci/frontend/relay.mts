// Relay's runtime on what its compiler made of relay/life.ts: the connection changes with the mutations.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import relay from 'relay-runtime'
import type { GraphQLTaggedNode, MutationParameters, OperationType } from 'relay-runtime'
import { authorization, endpoint } from './life.mjs'
import page, { type lifePageQuery } from './relay/__generated__/lifePageQuery.graphql.js'
import create, { type lifeCreateMutation } from './relay/__generated__/lifeCreateMutation.graphql.js'
import update, { type lifeUpdateMutation } from './relay/__generated__/lifeUpdateMutation.graphql.js'
import remove, { type lifeDeleteMutation } from './relay/__generated__/lifeDeleteMutation.graphql.js'

const { Environment, Network, RecordSource, Store, ConnectionHandler, commitMutation, fetchQuery } = relay
const problems: unknown[][] = []
for (const level of ['warn', 'error'] as const) console[level] = (...words: unknown[]) => void problems.push(words)

const environment = new Environment({
  network: Network.create(async ({ text }, variables) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    })
    return response.json()
  }),
  store: new Store(new RecordSource()),
})

const query = <Q extends OperationType>(node: GraphQLTaggedNode, variables: Q['variables']) =>
  fetchQuery<Q>(environment, node, variables).toPromise() as Promise<Q['response']>
const mutate = <M extends MutationParameters>(mutation: GraphQLTaggedNode, variables: M['variables']) =>
  new Promise<M['response']>((resolve, reject) =>
    commitMutation<M>(environment, { mutation, variables, onCompleted: resolve, onError: reject }),
  )

const [, , , file = ''] = process.argv
const organization = JSON.parse(readFileSync(file, 'utf8')).organization_label as string
// The records stay while somebody shows them.
const shown = relay.createOperationDescriptor(page as never, { organization, first: 100, after: null })
environment.retain(shown)
await query<lifePageQuery>(page, { organization, first: 100, after: null })

type Record = { __ref: string; name: string; node: { __ref: string }; edges: { __refs: string[] } }
const record = (id: string) => environment.getStore().getSource().get(id) as unknown as Record | undefined
function ids(): string[] {
  const edges = record(connections[0]!)!.edges.__refs
  return edges.map(record).filter((edge) => edge != null).map((edge) => edge.node.__ref)
}
const [, reference] = Object.entries(record('client:root')!).find(([name]) => name.startsWith('organization('))!
const connections = [ConnectionHandler.getConnectionID((reference as Record).__ref, 'life_serviceAccounts')]
const before = ids()
assert(before.length > 0)

const input = { organizationId: organization, name: 'Relayed' }
await mutate<lifeCreateMutation>(create, { input, connections })
const [id] = ids().filter((it) => !before.includes(it))
assert(id)
await mutate<lifeUpdateMutation>(update, { input: { id, name: 'Renamed' } })
assert.equal(record(id)?.name, 'Renamed')
await mutate<lifeDeleteMutation>(remove, { input: { id }, connections })
assert.deepEqual(ids(), before)
assert.deepEqual(problems, [])
console.log('Relay: a connection that follows its mutations')
