import { type KeyAlgorithm, KeyError, parseVerifierKey, type VerifierKey } from './keys.ts'

export type PolicyLog = { key: VerifierKey; url?: string }
export type PolicyWitness = { name: string; key: VerifierKey; url?: string }
/** Witnessed where `threshold` of the members are: names of witnesses, or of groups before it. */
export type PolicyGroup = { name: string; threshold: number; members: string[] }

/** Whom one believes (C2SP tlog-policy): a checkpoint that one of the logs has signed and a quorum of witnesses has seen. */
export type WitnessPolicy = {
  logs: PolicyLog[]
  witnesses: PolicyWitness[]
  groups: PolicyGroup[]
  /** Name of a witness or a group, or `none`. */
  quorum: string
}

export class PolicyFileError extends Error {
  override name = 'PolicyFileError'
}

const logAlgorithms: KeyAlgorithm[] = ['ed25519', 'cosignature-ml-dsa-44']
const witnessAlgorithms: KeyAlgorithm[] = ['cosignature-ed25519', 'cosignature-ml-dsa-44']

/** @throws PolicyFileError naming the line. */
export function parseWitnessPolicy(file: string): WitnessPolicy {
  const policy: WitnessPolicy = { logs: [], witnesses: [], groups: [], quorum: '' }
  const members = new Set<string>()
  const isDefined = (name: string) =>
    [...policy.witnesses, ...policy.groups].some((defined) => defined.name === name)

  const keywords: Record<string, (words: string[]) => void> = {
    log([vkey, url, ...rest]) {
      const key = readKey(vkey, logAlgorithms)
      expect(rest.length === 0, 'log <vkey> [<url>]')
      refuseDuplicate(key, policy.logs)
      policy.logs.push({ key, ...(url !== undefined && { url }) })
    },
    witness([name, vkey, url, ...rest]) {
      expect(name !== undefined && rest.length === 0, 'witness <name> <vkey> [<url>]')
      refuseName(name, isDefined)
      const key = readKey(vkey, witnessAlgorithms)
      refuseDuplicate(key, policy.witnesses)
      policy.witnesses.push({ name, key, ...(url !== undefined && { url }) })
    },
    group([name, how, ...names]) {
      expect(name !== undefined && how !== undefined && names.length > 0, 'group <name> <all|any|k> <name>…')
      refuseName(name, isDefined)
      for (const member of names) {
        expect(isDefined(member), `a member that is defined before; ${member} is not`)
        expect(!members.has(member), `each name in one group, once; ${member} is in two`)
        members.add(member)
      }
      const threshold = how === 'all' ? names.length : how === 'any' ? 1 : readThreshold(how, names.length)
      policy.groups.push({ name, threshold, members: names })
    },
    quorum([name, ...rest]) {
      expect(policy.quorum === '', 'one line "quorum"')
      expect(name !== undefined && rest.length === 0, 'quorum <name>')
      expect(name === 'none' || isDefined(name), `a quorum that is defined before; ${name} is not`)
      policy.quorum = name
    },
  }

  for (const [index, line] of file.split('\n').entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '')
    const [keyword] = words
    if (keyword === undefined || keyword.startsWith('#')) continue
    try {
      expect(!hasForbiddenControl(line), 'no control characters but tabs')
      const read = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined
      expect(read !== undefined, `log, witness, group or quorum; found ${keyword}`)
      read(words.slice(1))
    } catch (error) {
      if (!(error instanceof PolicyFileError || error instanceof KeyError)) throw error
      throw new PolicyFileError(`Line ${index + 1} of the witness policy: ${error.message}`, { cause: error })
    }
  }
  if (policy.quorum === '') throw new PolicyFileError('The witness policy has no line "quorum"')
  return policy
}

/** Whether witnesses with these names are a quorum. */
export function isQuorum({ groups, quorum }: WitnessPolicy, witnessed: ReadonlySet<string>): boolean {
  if (quorum === 'none') return true
  const isWitnessed = (name: string): boolean => {
    const group = groups.find((one) => one.name === name)
    return group ? group.members.filter(isWitnessed).length >= group.threshold : witnessed.has(name)
  }
  return isWitnessed(quorum)
}

function readKey(text: string | undefined, algorithms: KeyAlgorithm[]): VerifierKey {
  expect(text !== undefined, 'a verifier key')
  const key = parseVerifierKey(text)
  expect(
    algorithms.includes(key.algorithm),
    `a key of type ${algorithms.join(' or ')}; this is ${key.algorithm}`,
  )
  return key
}

function readThreshold(text: string, members: number): number {
  const threshold = /^[1-9]\d*$/.test(text) ? Number(text) : 0
  expect(threshold >= 1 && threshold <= members, `a threshold of 1 to ${members}; found ${text}`)
  return threshold
}

function refuseName(name: string, isDefined: (name: string) => boolean): void {
  expect(name !== 'none' && !isDefined(name), `another name; ${name} is taken`)
}

function refuseDuplicate(key: VerifierKey, known: { key: VerifierKey }[]): void {
  expect(!known.some((one) => one.key.publicKey.equals(key.publicKey)), 'each public key once')
}

function hasForbiddenControl(line: string): boolean {
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true
  }
  return false
}

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new PolicyFileError(`expected ${what}`)
}
