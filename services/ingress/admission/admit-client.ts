import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientKey, KeyIdentity, Mode, Usage } from '@airs-cp/events'
import { formatOfPath, otherModels, otherModelsOfForm } from '@airs-cp/providers'
import type { Control } from '../controls/follow-controls.ts'
import type { ClientKeys } from '../controls/key-index.ts'
import type { KeyUsage } from '../controls/key-usage.ts'
import type { Quarantine } from '../controls/quarantine-index.ts'
import type { Exchange, Provider, Target, Understood } from '../exchange.ts'
import { createKeyAccounts, identifyKey, isGenerated, keyNotInForce, unknownKey } from './client-keys.ts'
import { createSessionJoiner } from './join-session.ts'
import { hasOwnLogin, isOfOwnForm, presentedKey } from './own-login.ts'
import { refuseQuarantined } from './quarantine.ts'
import { Refusal } from './refusal.ts'
import { takesBody } from './takes-body.ts'

/** Who may use the providers, and how much of them. */
export type Admission = {
  /** Whether the server's credentials are for everybody who reaches the port. */
  isOpen(): boolean
  /** Whether there are client keys at all. */
  knowsKeys(): boolean
  /** Finds out who sends a request, and completes the exchange by it. @returns the client key, whether or not it allows it. */
  recognize(request: IncomingMessage, exchange: Exchange): ClientKey | undefined
  /**
   * Before the body of a request is read: a stranger costs as little as possible where, whatever the body says, a key is
   * needed, and so does who is in quarantine. What is not known yet is left to `obeyControls`.
   * @param possible the providers that could serve the request, where models are asked.
   * @throws Refusal 401 or 403
   */
  refuseEarly(
    request: IncomingMessage,
    exchange: Exchange,
    key: ClientKey | undefined,
    possible?: readonly Provider[],
  ): void
  /** The client key of a request, whether or not it allows it. */
  findKey(request: IncomingMessage, exchange: Exchange): ClientKey | undefined
  /**
   * The client key under which a request is admitted; undefined where none is needed. A chat that names no session has the one that
   * it continues from now on.
   * @throws Refusal when it needs one that is not there, or that does not allow it.
   */
  admit(asked: Asked): ClientKey | undefined
  charge(key: ClientKey, usage: Usage | undefined, costUsdMicros: number | undefined): void
}

type Asked = Pick<Understood, 'format' | 'json' | 'documents'> & {
  request: IncomingMessage
  response: ServerResponse
  body: Buffer
  exchange: Exchange
  targets: readonly Target[]
  model: string | undefined
  isPriced: (target: Target, model: string) => boolean
}

/** To whom the sessions of a request belong. A key stays the same caller when its credential is another one. */
function callerOf({ credential }: Exchange, key: ClientKey | undefined): string | undefined {
  if (key) return `key:${key.keyId}`
  return credential && `credential:${credential.fingerprint}`
}

/** What the operator says of a key holds, whatever the headers of the client say. */
function fixIdentity(exchange: Exchange, { tenant, agent, tags }: KeyIdentity): void {
  if (tenant !== undefined) exchange.tenant = tenant
  if (agent !== undefined) exchange.agent = agent
  if (tags !== undefined) exchange.tags = tags
  exchange.verified = [
    ...(tenant !== undefined ? (['tenant'] as const) : []),
    ...(agent !== undefined ? (['agent'] as const) : []),
    ...(tags !== undefined ? (['tags'] as const) : []),
  ]
}

/**
 * Who needs a client key. `required`: everybody. `optional`: nobody. `server-credentials`: whoever uses a credential of the
 * server. `until-first`: the same, as soon as a key has ever been made.
 */
export type KeyPolicy = 'required' | 'optional' | 'server-credentials' | 'until-first'

export function createAdmission(
  {
    keys: { current: keys, version },
    policies,
    quarantine,
    usage,
  }: {
    keys: Pick<Control<ClientKeys>, 'current' | 'version'>
    policies: Pick<Control<{ mode: Mode }>, 'current'>
    quarantine: Pick<Control<Quarantine>, 'current'>
    usage: KeyUsage
  },
  policy: KeyPolicy,
): Admission {
  const accounts = createKeyAccounts(usage)
  const joinSession = createSessionJoiner()
  /** The version rises with each change, so that an ingress whose last key was revoked does not open again. */
  const hasHadKeys = () => Boolean(keys()?.count || version())
  const isOpenNow = () => policy === 'optional' || (policy === 'until-first' && !hasHadKeys())
  /** Whether nobody may use any of these providers without a key. */
  const requiresKey = (providers?: readonly Provider[]) =>
    policy === 'required' ||
    (!isOpenNow() && providers !== undefined && providers.every(({ config }) => config.apiKey !== undefined))
  const findKey: Admission['findKey'] = (request, { credential }) =>
    keys()?.find(credentialOf(request), credential?.fingerprint)
  return {
    isOpen: isOpenNow,
    knowsKeys: () => Boolean(keys()?.count),
    recognize(request, exchange) {
      const key = findKey(request, exchange)
      exchange.caller = callerOf(exchange, key)
      if (!key) return undefined
      exchange.key = { id: key.keyId, name: key.name }
      if (key.fixed) fixIdentity(exchange, key.fixed)
      return key
    },
    refuseEarly(request, exchange, key, possible) {
      if (!key && hasHadKeys() && isOfOwnForm(credentialOf(request))) throw keyNotInForce()
      if (!key && keys() && requiresKey(possible)) throw unknownKey(exchange)
      const [set, held] = [policies.current(), quarantine.current()]
      if (set && held) refuseQuarantined(held, set.mode, exchange)
    },
    findKey,
    admit(asked) {
      const { request, exchange, targets, isPriced } = asked
      const model = asksBesideModel(asked) ? undefined : asked.model
      const isRequired = targets.some(({ provider }) => requiresKey([provider]))
      const key = identifyKey(keys(), credentialOf(request), exchange, isRequired)
      if (key && !hasOwnLogin(request.headers)) refuseStranded(key, targets)
      const others = key && mattersWhichModel(key) ? everyOtherModel(asked) : []
      if (key)
        accounts.admit(key, {
          model,
          otherModels: others,
          providers: targets.map(({ provider }) => provider.name),
          needsNoModel: exchange.route.path === '/v1/models' || fetchesKept(exchange),
          isUnpriced:
            exchange.method === 'POST' &&
            (model === undefined
              ? costsUnseen(asked)
              : targets.some(
                  (target) =>
                    !isPriced(target, target.model ?? model) || others.some((one) => !isPriced(target, one)),
                )),
        })
      joinSession(asked)
      return key
    },
    charge: accounts.charge,
  }
}

function everyOtherModel({ json, documents }: Asked): string[] {
  return documents ? otherModelsOfForm(documents) : otherModels(json)
}

function mattersWhichModel({ limits }: ClientKey): boolean {
  return limits.models !== undefined || limits.budgetUsdMicros !== undefined
}

/** @throws Refusal when the key means nothing to a provider that has no credential here. */
function refuseStranded(key: ClientKey, targets: readonly Target[]): void {
  const stranded =
    isGenerated(key) &&
    targets.find(({ provider: { config } }) => !config.apiKey && !['mock', 'ollama'].includes(config.kind))
  if (stranded)
    throw new Refusal(
      400,
      'no_server_credential',
      `Provider ${stranded.provider.name} has no credential here, and client key "${key.name}" means nothing to it; configure one, or send the provider's own key`,
    )
}

/**
 * Whether a request without a model costs what no response says: of an operation for which its provider chooses one, and of what is
 * carried out later. A model that writes text is named by its response, with what it used.
 */
function costsUnseen({ format, exchange }: Pick<Asked, 'format' | 'exchange'>): boolean {
  const { operationName, generatesText, runsLater } = format
  return takesBody(exchange) && (runsLater === true || (operationName !== undefined && !generatesText))
}

/** A batch asks the models that its requests name; one that stands beside them chooses nothing. */
function asksBesideModel({ format, exchange }: Pick<Asked, 'format' | 'exchange'>): boolean {
  return format.runsLater === true && takesBody(exchange)
}

/** Whoever owns a kept response was allowed its model. */
function fetchesKept({ method, route }: Exchange): boolean {
  const format = formatOfPath(method, route.path)
  return format?.keptResponses !== undefined && !format.generatesText
}

function credentialOf({ headers }: IncomingMessage): string | undefined {
  return presentedKey(headers)
}
