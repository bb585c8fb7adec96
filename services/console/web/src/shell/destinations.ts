import type { IconName } from '../ui/icon.tsx'

export type Destination = { to: string; name: string; icon: IconName; key: string; question: string }

/** The pages of the rail: `g` and the key go there. */
export const destinations: readonly Destination[] = [
  {
    to: '/',
    name: 'Overview',
    icon: 'overview',
    key: 'o',
    question: 'Is anything unrecorded, blocked, broken or expensive?',
  },
  { to: '/traffic', name: 'Traffic', icon: 'traffic', key: 't', question: 'What is happening now?' },
  {
    to: '/sessions',
    name: 'Sessions',
    icon: 'sessions',
    key: 's',
    question: 'What did an agent do, and from what?',
  },
  {
    to: '/policies',
    name: 'Policies',
    icon: 'policies',
    key: 'p',
    question: 'What happens if I switch this on?',
  },
  {
    to: '/agents',
    name: 'Agents',
    icon: 'agents',
    key: 'a',
    question: 'Which agents call which tools, and what is new?',
  },
  { to: '/keys', name: 'Keys', icon: 'keys', key: 'k', question: 'Who has access, and who spends?' },
  { to: '/exports', name: 'Exports', icon: 'exports', key: 'e', question: 'What do I hand to the auditor?' },
  { to: '/health', name: 'Health', icon: 'health', key: 'h', question: 'Does the control plane work?' },
]
