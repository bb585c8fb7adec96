import { queryClient } from '../api/query-client.ts'
import type { Policy, Report } from './queries.ts'

export type InForce = { policy: Policy; tag: string }
export type Tested = { of: string; report: Report }

/** What a person has written on the page of a policy, and what it was written over. */
export type Written = {
  base: InForce | undefined
  draft: string
  reason: string
  tested: Tested | undefined
}

queryClient.setQueryDefaults(['written-draft'], { gcTime: Number.POSITIVE_INFINITY })

/** Kept in the memory of this tab, so that whoever looks at an exchange, or has to log in again, finds it on the way back. */
export function keepWritten(name: string | undefined, written: Written): void {
  queryClient.setQueryData(keyOf(name), written)
}

export function findWritten(name: string | undefined): Written | undefined {
  return queryClient.getQueryData(keyOf(name))
}

export function forgetWritten(name: string | undefined): void {
  queryClient.removeQueries({ queryKey: keyOf(name), exact: true })
}

function keyOf(name: string | undefined): string[] {
  return name === undefined ? ['written-draft'] : ['written-draft', name]
}
