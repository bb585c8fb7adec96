import { runAlone } from '@airs-cp/postgres'

/** Says, by throwing, that another run of the same has begun meanwhile: what it writes into is not to be touched any more. */
export type AssertAlone = () => void

/**
 * Does `work` when no other run of the same is under way, in any process. A queue gives a job to another worker when it has not heard of
 * the first one for 10 s, which may be alive: after a computer slept, or Postgres was slow. Both would write into the same files. Waits for
 * the other one's end, or until Postgres has missed its machine for some 30 s.
 * @param signal ends the waiting.
 */
export async function oneRunAtATime<Result>(
  { url, name, signal }: { url: string; name: string; signal: AbortSignal },
  work: (assertAlone: AssertAlone) => Promise<Result>,
): Promise<Result> {
  let isTaken = false
  await using _ = await runAlone({
    ...{ url, name, signal },
    standby() {},
    onTaken() {
      isTaken = true
    },
  })
  return await work(() => {
    if (isTaken) throw new Error('Another run of it has begun, while Postgres did not hear of this one')
  })
}
