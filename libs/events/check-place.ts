import { controlSchemas } from './control.ts'
import type { AnyEvent } from './parse.ts'
import {
  controlSubject,
  importedSubject,
  ingressOfSource,
  ingressOfSubject,
  ingressSources,
  subjectOfIngress,
  trafficSubject,
} from './subjects.ts'
import { trafficSchemas } from './traffic.ts'
import { eventTypes } from './types.ts'

const auditSource = '/airs/audit'

/**
 * Checks that an event came under its own subject, in a stream that has events of its type, from a source that records
 * such events. The bus lets each component publish under some subjects only, and each ingress under those with its name; without
 * this check it could publish anything under them.
 * @throws when it did not.
 */
export function checkPlace(subject: string, { type, tenant, session, source }: AnyEvent): void {
  const stream = subject.split('.', 2)[1]
  const refuse = (why: string): never => {
    throw new Error(
      `An event of type ${type} from ${source.slice(0, 200)} under subject ${subject.slice(0, 200)}: ${why}`,
    )
  }
  if (stream === 'traffic') {
    if (!(type in trafficSchemas)) refuse('the traffic stream has no events of this type')
    const ingress = ingressOfSubject(subject)
    const expected = trafficSubject(tenant, session ?? source, type)
    if (subject !== (ingress === undefined ? expected : subjectOfIngress(expected, ingress)))
      refuse('the subject is of another event')
    if (ingress !== undefined && !source.startsWith(ingressSources)) refuse('the source is no ingress')
    // What an ingress of version 0.1 had recorded comes from a source without a name.
    const named = ingressOfSource(source)
    if (named !== undefined && named !== ingress) refuse('the source is another ingress')
    if ((source === auditSource) !== (type === eventTypes.exchangeAbandoned))
      refuse('the source records none')
  } else if (stream === 'control') {
    if (!(type in controlSchemas)) refuse('the control stream has no events of this type')
    if (subject !== controlSubject(tenant, type)) refuse('the subject is of another event')
    if (source.startsWith(ingressSources)) refuse('the source records none')
  } else if (subject !== importedSubject(tenant, session, type)) refuse('the subject is of another event')
}
