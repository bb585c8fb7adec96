import { inSteps, type Slices } from '@airs-cp/events'
import type { StreamChannel } from './stream-channel.ts'

/** A call, and from where on the arguments are its own. Its name may come in pieces: some clients join them, others take one. */
type CallHere = { last: string; spelled: string; names: Set<string>; from: number }

/** No tool has a longer name. */
const longestName = 1024
/** So many ways of reading a name are judged with its arguments. */
const mostNames = 64

/** Calls of tools whose arguments come in one string of a stream: servers put several in one place. */
export type CallPlace = {
  /** A call begins, or its name goes on. Another one may begin in the same place when the arguments before it are whole. */
  begin(name: string, also: string[] | undefined): void
  /** The arguments are here whole. `tool`: its name, where no call has begun. */
  end(tool: string | undefined): Slices<void>
}

/**
 * @param keepsArguments whether the text of the channel is kept, so that arguments can be judged.
 * @param judge judges a call by a name that clients may read.
 * @param judgeArguments judges the arguments of a call with these names.
 * @param judgeJoined judges all names of the place joined, as some clients do although a server begins another call;
 *   `isRepeated` where the last one only came again.
 */
export function createCallPlace({
  text,
  keepsArguments,
  judge,
  judgeArguments,
  judgeJoined,
}: {
  text: StreamChannel
  keepsArguments: boolean
  judge: (name: string, also?: string[]) => void
  judgeArguments: (names: ReadonlySet<string>, text: string) => Slices<void>
  judgeJoined: (names: string, isRepeated: boolean) => void
}): CallPlace {
  const calls: CallHere[] = []
  let joined = ''

  function join(name: string, isRepeated: boolean): void {
    if (joined.length + name.length > longestName) return
    joined += name
    judgeJoined(joined, isRepeated)
  }

  function goOn(call: CallHere, name: string): void {
    call.last = name
    if (call.spelled.length + name.length > longestName) return
    call.spelled += name
    judge(call.spelled)
    call.names.add(name)
    call.names.add(call.spelled)
    for (const one of call.names) {
      if (call.names.size <= mostNames) break
      if (one !== call.spelled) call.names.delete(one)
    }
  }

  return {
    begin(name, also) {
      const call = calls.at(-1)
      if (call) join(name, call.last === name)
      else joined = name
      const hasArguments = call !== undefined && text.length() > call.from
      const isWhole = hasArguments && (!keepsArguments || isCompleteObject(text.text().slice(call.from)))
      if (call?.last === name && !(keepsArguments && isWhole)) return
      if (call && !isWhole) goOn(call, name)
      else calls.push({ last: name, spelled: name, names: new Set([name]), from: call ? text.length() : 0 })
      judge(name, also)
    },
    end(tool = '') {
      const all = text.text()
      const parts = calls.length > 0 ? calls : [{ names: new Set([tool]), from: 0 }]
      const judging = parts.map(
        ({ names, from }, index) =>
          () =>
            judgeArguments(names, all.slice(from, parts[index + 1]?.from)),
      )
      return inSteps(...judging)
    },
  }
}

function isCompleteObject(text: string): boolean {
  if (!/\}\s*$/.test(text.slice(-64))) return false
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
