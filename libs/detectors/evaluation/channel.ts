/** Whose words a text is: of somebody who may ask, or of a document, a tool or a program, which may not. */
export const channels = ['user', 'untrusted'] as const
export type Channel = (typeof channels)[number]

/** Share of harmless texts that a policy for the channel may take for attacks. */
export const mostFalsePositives: Readonly<Record<Channel, number>> = { user: 0.01, untrusted: 0.003 }

/** From which confidence on the shipped policies heed a finding. */
export const shippedThresholds: Readonly<Record<Channel, number>> = { user: 0.5, untrusted: 0.5 }

const kindsOfUsers =
  /instruction|chat|roleplay|hard-negative|language|agents|own-harmless|direct-injection|jailbreak|system-prompt|trigger/

/** The channel that a kind of text comes by, where its row does not say. */
export function channelOf(kind: string): Channel {
  return kindsOfUsers.test(kind.replace('indirect-injection', '')) ? 'user' : 'untrusted'
}
