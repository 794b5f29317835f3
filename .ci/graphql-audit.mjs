// Runs the audits of GraphQL over HTTP against GRAPHQL_URL; all of MUST, SHOULD and MAY count.
import { serverAudits } from 'graphql-http'

const audits = serverAudits({ url: process.env.GRAPHQL_URL, fetchFn: fetch })
let passed = 0
let failed = 0
for (const audit of audits) {
  const result = await audit.fn()
  if (result.status === 'ok') {
    passed += 1
  } else {
    failed += 1
    console.log(`${result.status}: ${audit.id} ${audit.name}: ${result.reason ?? ''}`)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
