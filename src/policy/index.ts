/** What a user demands of trust stores: how it is read, and what it is. */
export { mergePolicies, type Policy, type PolicyEntry } from './policy.ts'
export { readOwnPolicy, readPolicy } from './read.ts'
