import { machineTextKinds } from '../../evaluation/machine-text.ts'
import { agentLists, agentTemplates } from './agent-texts.ts'
import { createRandom, expand, pick } from './expand.ts'
import { languageNames, languageTemplates, type Wordings } from './languages.ts'
import { longPrompt } from './long-prompts.ts'
import { attackLists, attackTemplates } from './own-attacks.ts'
import { harmlessLists, harmlessTemplates } from './own-harmless.ts'
import { requestLists, requestTemplates } from './own-requests.ts'
import { runbookTemplates, wishLists } from './own-runbooks.ts'
import { orderLists, orderlyTemplates, orderTemplates } from './planted-orders.ts'

/** `planted`: where the attack stands within a harmless text. */
export type OwnExample = {
  text: string
  attack: boolean
  source: string
  planted?: { start: number; end: number }
}

export type OwnCounts = {
  each: number
  planted: number
  orders: number
  prompts: number
  requests: number
  agent: number
  runbook: number
  machine: number
  perLanguage: number
}

type Random = () => number

/**
 * Examples out of our own templates: attacks, harmless texts with the words of attacks, both in other languages, instructions
 * that may be given, machine text, and attacks that stand within one of `carriers` (harmless documents) beside documents without.
 * @param wordings what of the alternatives of other languages is used; orders are in all but those held out.
 */
export function ownExamples(
  counts: OwnCounts,
  carriers: readonly string[],
  seed: number,
  wordings: Wordings = 'all',
): OwnExample[] {
  const random = createRandom(seed)
  const attack = () => vary(expand(pick(attackTemplates, random), attackLists, random), random)
  const examples: OwnExample[] = []
  for (let count = 0; count < counts.each; count++) {
    examples.push({ text: attack(), attack: true, source: 'own-attacks' })
    const harmless = expand(pick(harmlessTemplates, random), harmlessLists, random)
    examples.push({ text: vary(harmless, random), attack: false, source: 'own-harmless' })
  }
  examples.push(...languageExamples(counts.perLanguage, random, wordings))
  const order = () => vary(expand(pick(orderTemplates, random), orderLists, random), random)
  for (let count = 0; count < counts.orders; count++) {
    examples.push({ text: order(), attack: true, source: 'own-orders' })
    const harmless = expand(pick(orderlyTemplates, random), orderLists, random)
    examples.push({ text: harmless, attack: false, source: 'own-orderly' })
  }
  for (let count = 0; count < counts.prompts; count++)
    examples.push({ text: longPrompt(random), attack: false, source: 'own-prompts' })
  for (let count = 0; count < counts.requests; count++) {
    const request = expand(pick(requestTemplates, random), requestLists, random)
    examples.push({ text: vary(request, random), attack: false, source: 'own-requests' })
  }
  const foreign = examples.filter(
    ({ source, attack: isAttack }) => isAttack && source.startsWith('own-language'),
  )
  for (let count = 0; count < counts.agent; count++)
    examples.push({
      text: expand(pick(agentTemplates, random), agentLists, random),
      attack: false,
      source: 'own-agents',
    })
  for (let count = 0; count < counts.runbook; count++)
    examples.push({
      text: vary(expand(pick(runbookTemplates, random), wishLists, random), random),
      attack: false,
      source: 'own-runbooks',
    })
  const kinds = machineTextKinds.filter(({ isHeldOut }) => !isHeldOut)
  const machine = Array.from({ length: counts.machine }, () => pick(kinds, random).create(random))
  for (const text of machine) examples.push({ text, attack: false, source: 'own-machine' })
  const plantable = () => (counts.orders > 0 && random() < 0.5 ? order() : attack())
  for (let count = 0; count < counts.planted && carriers.length > 0; count++) {
    const carrier = pick(random() < 0.35 ? machine : carriers, random).slice(0, 1600)
    const planted = random() < 0.15 && foreign.length > 0 ? pick(foreign, random).text : plantable()
    examples.push({ ...plant(planted, carrier, random), attack: true, source: 'own-planted' })
    examples.push({ text: carrier, attack: false, source: 'own-carriers' })
  }
  return examples
}

function languageExamples(perLanguage: number, random: Random, wordings: Wordings): OwnExample[] {
  return languageNames.flatMap((name) => {
    const { attacks, harmless, lists } = languageTemplates(name, wordings)
    return Array.from({ length: perLanguage }, () => [
      {
        text: vary(expand(pick(attacks, random), lists, random), random),
        attack: true,
        source: 'own-language-attacks',
      },
      { text: expand(pick(harmless, random), lists, random), attack: false, source: 'own-language-harmless' },
    ]).flat()
  })
}

/** Capitals as people write them. */
function vary(text: string, random: Random): string {
  const style = random()
  if (style < 0.7) return text.charAt(0).toUpperCase() + text.slice(1)
  if (style < 0.76) return text.toUpperCase()
  return text
}

/** As a sentence of the text, a comment in code, a field, a comment in HTML, a line of its own. */
const wrappings: readonly [string, string][] = [
  ['', ''],
  ['\n', '\n'],
  ['\n\n', '\n\n'],
  ['. ', '. '],
  [' // ', '\n'],
  ['\n    # ', '\n'],
  ['\n/* ', ' */\n'],
  ['\n<!-- ', ' -->\n'],
  ['","note":"', '","next":"'],
  ['\n> ', '\n'],
  ['\n- ', '\n'],
]

function plant(
  attack: string,
  carrier: string,
  random: Random,
): Pick<OwnExample, 'text' | 'planted'> & object {
  const [before, after] = pick(wrappings, random)
  const place = random()
  const wanted = place < 0.35 ? carrier.length : place < 0.5 ? 0 : Math.floor(random() * carrier.length)
  const gap = carrier.slice(wanted).search(/[\s,;]/)
  const at = gap < 0 ? carrier.length : wanted + gap
  const start = at + before.length
  return {
    text: carrier.slice(0, at) + before + attack + after + carrier.slice(at),
    planted: { start, end: start + attack.length },
  }
}
