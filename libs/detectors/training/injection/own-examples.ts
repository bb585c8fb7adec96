import { machineTextKinds } from '../../evaluation/machine-text.ts'
import { agentLists, agentTemplates } from './agent-texts.ts'
import { createRandom, expand, pick } from './expand.ts'
import { heldOutAttacks, languageNames, languageTemplates, type Wordings } from './languages.ts'
import { longJailbreak } from './long-jailbreaks.ts'
import { longPrompt } from './long-prompts.ts'
import { mailIn, mailLanguages } from './mails.ts'
import { attackLists, attackTemplates, completionTemplates, shortAttackTemplates } from './own-attacks.ts'
import { harmlessLists, harmlessTemplates } from './own-harmless.ts'
import { nameLists, nameTemplates } from './own-names.ts'
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
  jailbreaks: number
  short: number
  completions: number
  requests: number
  agent: number
  runbook: number
  machine: number
  perLanguage: number
  mails: number
  names: number
}

/** To name what is wanted alone. */
export const noCounts: OwnCounts = {
  each: 0,
  planted: 0,
  orders: 0,
  prompts: 0,
  jailbreaks: 0,
  short: 0,
  completions: 0,
  requests: 0,
  agent: 0,
  runbook: 0,
  machine: 0,
  perLanguage: 0,
  mails: 0,
  names: 0,
}

type Random = () => number

/**
 * Examples out of our own templates: attacks, harmless texts with the words of attacks, both in other languages, instructions
 * that may be given, machine text, mails, and attacks that stand within one of `carriers` (harmless documents) beside documents without.
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
    examples.push({ text: respell(longPrompt(random), random), attack: false, source: 'own-prompts' })
  for (let count = 0; count < counts.jailbreaks; count++)
    examples.push({ text: respell(longJailbreak(random), random), attack: true, source: 'own-jailbreaks' })
  for (let count = 0; count < counts.short; count++)
    examples.push({
      text: vary(expand(pick(shortAttackTemplates, random), attackLists, random), random),
      attack: true,
      source: 'own-short',
    })
  for (let count = 0; count < counts.requests; count++) {
    const request = expand(pick(requestTemplates, random), requestLists, random)
    examples.push({ text: vary(request, random), attack: false, source: 'own-requests' })
  }
  const foreign = examples.filter(
    ({ source, attack: isAttack }) => isAttack && source.startsWith('own-language'),
  )
  for (let count = 0; count < counts.agent; count++)
    examples.push({
      text: respell(expand(pick(agentTemplates, random), agentLists, random), random),
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
  for (let count = 0; count < counts.completions && carriers.length > 0; count++) {
    const carrier = resultOf(random() < 0.35 ? pick(machine, random) : pick(carriers, random), random)
    const completion = expand(pick(completionTemplates, random), attackLists, random)
    examples.push({ ...plantAtEnd(completion, carrier), attack: true, source: 'own-completions' })
    const rest = expand(pick(finishedTemplates, random), orderLists, random)
    examples.push({ text: plantAtEnd(rest, carrier).text, attack: false, source: 'own-results' })
  }
  examples.push(...mailExamples(counts.mails, plantable, random, wordings))
  for (let count = 0; count < counts.names; count++) {
    const name = expand(pick(nameTemplates, random), nameLists, random)
    examples.push({ text: random() < 0.3 ? name : vary(name, random), attack: false, source: 'own-names' })
  }
  return examples
}

function languageExamples(perLanguage: number, random: Random, wordings: Wordings): OwnExample[] {
  return languageNames.flatMap((name) => {
    const { harmless, lists } = languageTemplates(name, wordings)
    const attack = attackIn(name, random, wordings)
    return Array.from({ length: perLanguage }, () => [
      {
        text: vary(attack(), random),
        attack: true,
        source: 'own-language-attacks',
      },
      { text: expand(pick(harmless, random), lists, random), attack: false, source: 'own-language-harmless' },
    ]).flat()
  })
}

/** Makes attacks in a language other than English. */
export function attackIn(name: string, random: Random, wordings: Wordings): () => string {
  const { attacks, lists } = languageTemplates(name, wordings)
  const unseen = wordings === 'trained' ? heldOutAttacks(name) : []
  const attack = (): string => {
    const text = expand(pick(attacks, random), lists, random)
    return unseen.some((wording) => text.includes(wording)) ? attack() : text
  }
  return attack
}

/** Mails in twelve languages, and as many with an order of the same language, or with one of `order`, in them. */
function mailExamples(count: number, order: () => string, random: Random, wordings: Wordings): OwnExample[] {
  const attacks = new Map(mailLanguages.map((name) => [name, attackIn(name, random, wordings)]))
  return Array.from({ length: count }, () => {
    const name = random() < 0.5 ? 'en' : pick(mailLanguages, random)
    const attack = random() < 0.8 ? attacks.get(name) : undefined
    const planted = attack ? vary(attack(), random) : order()
    return [
      { text: mailIn(name, random), attack: false, source: 'own-mails' },
      { ...plant(planted, mailIn(name, random), random), attack: true, source: 'own-mail-orders' },
    ]
  }).flat()
}

/** Spelling and capitals as people write them. */
function vary(spelled: string, random: Random): string {
  const text = respell(spelled, random)
  const style = random()
  if (style < 0.7) return text.charAt(0).toUpperCase() + text.slice(1)
  if (style < 0.76) return text.toUpperCase()
  return text
}

/** The templates are in British spelling; half of what is made of them is in American. */
function respell(text: string, random: Random): string {
  if (random() < 0.5) return text
  return text
    .replace(
      /\b(summar|organ|real|memor|apolog|recogn|prior|special|author|custom|minim|optim|anonym|final)is(e|ed|es|ing|ation)\b/gi,
      '$1iz$2',
    )
    .replace(/\b(col|fav|behavi|neighb|harb|hum|lab|rum)our/gi, '$1or')
    .replace(/\b(anal)ys(e|ed|es|ing)\b/gi, '$1yz$2')
    .replace(/\b(cent|met|theat)re(s?)\b/gi, '$1er$2')
    .replace(/\b(travel|cancel|label|model)l(ed|ing|er)\b/gi, '$1$2')
    .replace(/\blicence/gi, 'license')
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

/** How the results of tools end that have nothing to hide. */
const finishedTemplates: readonly string[] = [
  '{Status|Result|Answer|Summary|Output}: {done|ok|completed|success|finished}{.| in {3.2|41|0.8} s.| with {2|14} warnings.}',
  '{Report|Result|File|Summary|Copy} {saved|written|stored|exported} to {/reports/2231.pdf|out/table.csv|the shared folder|s3://results/88}.',
  '{Task|Job|Run|Import|Analysis} {completed|finished}. {Next run {at 4:10|on Monday}|{12|301} {records|rows|items} {updated|checked}|No errors|Please restart the {service|application} {to apply|for} the changes|See the log for details}.',
  '{Answer|Conclusion}: {yes|no|the second option|42|it is within the limits|not enough data}{.|, see table 2.}',
  '',
]

/** The beginning of a text, as a tool would return it. */
function resultOf(carrier: string, random: Random): [string, string] {
  const end = carrier.slice(100 + Math.floor(random() * 300)).search(/[.\n]/)
  const text = (end < 0 ? carrier : carrier.slice(0, 100 + end)).slice(0, 500)
  const form = random()
  if (form < 0.25) return [`Tool \`${pick(toolNames, random)}\` returned:\n${text} `, '']
  if (form < 0.5) return [`{"tool":"${pick(toolNames, random)}","result":"${text} `, '"}']
  if (form < 0.7) return [`<result of="${pick(toolNames, random)}">\n${text} `, '\n</result>']
  if (form < 0.85) return [`Observation: ${text} `, '']
  return [`${text} `, '']
}

const toolNames = [
  'search',
  'read_page',
  'crm_lookup',
  'flight_status',
  'stock_list',
  'get_mail',
  'run_report',
  'lab_values',
]

function plantAtEnd(attack: string, [before, after]: [string, string]) {
  const start = before.length
  return { text: before + attack + after, planted: { start, end: start + attack.length } }
}
