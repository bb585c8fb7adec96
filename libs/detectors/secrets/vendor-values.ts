/** What a vendor calls its key, by the name that the value has, where the value alone has no mark. */
type VendorValue = {
  /** The name of gitleaks' rule. */
  type: string
  /** The whole value. */
  value: RegExp
  /** What else the name must contain, where a vendor has several. */
  named?: RegExp
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const secret = /secret/i

function value(type: string, pattern: string, named?: RegExp): VendorValue {
  return { type, value: new RegExp(`^(?:${pattern})$`, 'i'), ...(named && { named }) }
}

/** By the words for the vendor, one of which is in the name. Of several formats the first that fits is taken. */
const vendors: Record<string, readonly VendorValue[]> = {
  adafruit: [value('adafruit-api-key', '[\\w-]{32}')],
  adobe: [value('adobe-client-id', '[a-f0-9]{32}')],
  airtable: [value('airtable-api-key', '[a-z0-9]{17}')],
  algolia: [value('algolia-api-key', '[a-z0-9]{32}')],
  alibaba: [value('alibaba-secret-key', '[a-z0-9]{30}')],
  asana: [value('asana-client-id', '[0-9]{16}'), value('asana-client-secret', '[a-z0-9]{32}')],
  'atlassian confluence jira': [value('atlassian-api-token', '[a-z0-9]{20}[a-f0-9]{4}')],
  beamer: [value('beamer-api-token', 'b_[a-z0-9=_-]{44}')],
  bitbucket: [
    value('bitbucket-client-secret', '[a-z0-9=_-]{64}'),
    value('bitbucket-client-id', '[a-z0-9]{32}'),
  ],
  bittrex: [value('bittrex-secret-key', '[a-z0-9]{32}', secret), value('bittrex-access-key', '[a-z0-9]{32}')],
  cloudflare: [value('cloudflare-global-api-key', '[a-f0-9]{37}'), value('cloudflare-api-key', '[\\w-]{40}')],
  codecov: [value('codecov-access-token', '[a-z0-9]{32}')],
  'cohere co_api_key': [value('cohere-api-token', '[a-z0-9]{40}')],
  coinbase: [value('coinbase-access-token', '[\\w-]{64}')],
  confluent: [value('confluent-secret-key', '[a-z0-9]{64}'), value('confluent-access-token', '[a-z0-9]{16}')],
  contentful: [value('contentful-delivery-api-token', '[a-z0-9=_-]{43}')],
  contribsys: [value('sidekiq-secret', '[a-f0-9]{8}:[a-f0-9]{8}')],
  datadog: [value('datadog-access-token', '[a-z0-9]{40}')],
  discord: [
    value('discord-api-token', '[a-f0-9]{64}'),
    value('discord-client-id', '[0-9]{18}'),
    value('discord-client-secret', '[a-z0-9=_-]{32}'),
  ],
  dnkey: [value('defined-networking-api-token', 'dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52}')],
  drone: [value('droneci-access-token', '[a-z0-9]{32}')],
  dropbox: [
    value('dropbox-long-lived-api-token', '[a-z0-9]{11}A{10}[a-z0-9=_-]{43}'),
    value('dropbox-short-lived-api-token', 'sl\\.[a-z0-9=_-]{135}'),
    value('dropbox-api-token', '[a-z0-9]{15}'),
  ],
  etsy: [value('etsy-access-token', '[a-z0-9]{24}')],
  facebook: [value('facebook-secret', '[a-f0-9]{32}')],
  fastly: [value('fastly-api-token', '[a-z0-9=_-]{32}')],
  finicity: [value('finicity-api-token', '[a-f0-9]{32}'), value('finicity-client-secret', '[a-z0-9]{20}')],
  finnhub: [value('finnhub-access-token', '[a-z0-9]{20}')],
  flickr: [value('flickr-access-token', '[a-z0-9]{32}')],
  freshbooks: [value('freshbooks-access-token', '[a-z0-9]{64}')],
  gitlab_session: [value('gitlab-session-cookie', '[a-z0-9]{32}')],
  gitter: [value('gitter-access-token', '[\\w-]{40}')],
  gocardless: [value('gocardless-api-token', 'live_[a-z0-9=_-]{40}')],
  heroku: [value('heroku-api-key', uuid)],
  hubspot: [value('hubspot-api-key', uuid)],
  intercom: [value('intercom-api-key', '[a-z0-9=_-]{60}')],
  'jfrog artifactory bintray xray': [
    value('jfrog-api-key', '[a-z0-9]{73}'),
    value('jfrog-identity-token', '[a-z0-9]{64}'),
  ],
  kraken: [value('kraken-access-token', '[a-z0-9/=_+-]{80,90}')],
  kucoin: [value('kucoin-access-token', '[a-f0-9]{24}'), value('kucoin-secret-key', uuid)],
  launchdarkly: [value('launchdarkly-access-token', '[a-z0-9=_-]{40}')],
  linear: [value('linear-client-secret', '[a-f0-9]{32}')],
  'linkedin linked_in': [
    value('linkedin-client-id', '[a-z0-9]{14}'),
    value('linkedin-client-secret', '[a-z0-9]{16}'),
  ],
  lob: [
    value('lob-pub-api-key', '(?:test|live)_pub_[a-f0-9]{31}'),
    value('lob-api-key', '(?:live|test)_[a-f0-9]{35}'),
  ],
  looker: [value('looker-client-id', '[a-z0-9]{20}'), value('looker-client-secret', '[a-z0-9]{24}')],
  mailchimp: [value('mailchimp-api-key', '[a-f0-9]{32}-us\\d\\d')],
  mailgun: [
    value('mailgun-private-api-token', 'key-[a-f0-9]{32}'),
    value('mailgun-pub-key', 'pubkey-[a-f0-9]{32}'),
    value('mailgun-signing-key', '[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}'),
  ],
  mapbox: [value('mapbox-api-token', 'pk\\.[a-z0-9]{60}\\.[a-z0-9]{22}')],
  mattermost: [value('mattermost-access-token', '[a-z0-9]{26}')],
  maxmind: [value('maxmind-license-key', '[a-z0-9]{6}_[a-z0-9]{29}_mmk')],
  meraki: [value('cisco-meraki-api-key', '[0-9a-f]{40}')],
  'messagebird message_bird message-bird': [
    value('messagebird-api-token', '[a-z0-9]{25}'),
    value('messagebird-client-id', uuid),
  ],
  netlify: [value('netlify-access-token', '[a-z0-9=_-]{40,46}')],
  'new-relic new_relic newrelic': [
    value('new-relic-browser-api-token', 'NRJS-[a-f0-9]{19}'),
    value('new-relic-insert-key', 'NRII-[a-z0-9-]{32}'),
    value('new-relic-user-api-key', 'NRAK-[a-z0-9]{27}'),
    value('new-relic-user-api-id', '[a-z0-9]{64}'),
  ],
  nytimes: [value('nytimes-access-token', '[a-z0-9=_-]{32}')],
  okta: [value('okta-access-token', '00[\\w=-]{40}')],
  plaid: [
    value('plaid-api-token', `access-(?:sandbox|development|production)-${uuid}`),
    value('plaid-client-id', '[a-z0-9]{24}'),
    value('plaid-secret-key', '[a-z0-9]{30}'),
  ],
  'privateai private_ai': [value('privateai-api-token', '[a-z0-9]{32}')],
  rapidapi: [value('rapidapi-access-token', '[\\w-]{50}')],
  sendbird: [value('sendbird-access-id', uuid), value('sendbird-access-token', '[a-f0-9]{40}')],
  sentry: [value('sentry-access-token', '[a-f0-9]{64}')],
  snyk: [value('snyk-api-token', uuid)],
  sonar: [value('sonar-api-token', '(?:sq[upa]_)?[a-z0-9=_-]{40}')],
  sourcegraph: [value('sourcegraph-access-token', '[a-f0-9]{40}')],
  squarespace: [value('squarespace-access-token', uuid)],
  sumo: [value('sumologic-access-id', 'su[a-z0-9]{12}'), value('sumologic-access-token', '[a-z0-9]{64}')],
  telegr: [value('telegram-bot-api-token', '[0-9]{5,16}:A[\\w-]{34}')],
  travis: [value('travisci-access-token', '[a-z0-9]{22}')],
  twitch: [value('twitch-api-token', '[a-z0-9]{30}')],
  twitter: [
    value('twitter-bearer-token', 'A{22}[a-z0-9%]{80,100}'),
    value('twitter-access-token', '[0-9]{15,25}-[a-z0-9]{20,40}'),
    value('twitter-api-key', '[a-z0-9]{25}'),
    value('twitter-access-secret', '[a-z0-9]{45}'),
    value('twitter-api-secret', '[a-z0-9]{50}'),
  ],
  typeform: [value('typeform-api-token', 'tfp_[a-z0-9_.=-]{59}')],
  yandex: [
    value('yandex-access-token', 't1\\.[\\w-]{1,400}={0,2}\\.[\\w-]{86}={0,2}'),
    value('yandex-api-key', 'AQVN[\\w-]{35,38}'),
    value('yandex-aws-access-token', 'YC[\\w-]{38}'),
  ],
  zendesk: [value('zendesk-secret-key', '[a-z0-9]{40}')],
}

export const vendorTypes: readonly string[] = [
  ...new Set(
    Object.values(vendors)
      .flat()
      .map(({ type }) => type),
  ),
]

const valuesByWord = new Map(
  Object.entries(vendors).flatMap(([words, values]) =>
    words.split(' ').map((word) => [word, values] as const),
  ),
)
const anyWord = new RegExp([...valuesByWord.keys()].toSorted((a, b) => b.length - a.length).join('|'), 'i')
const publicId =
  /(?:zone|account|project|organi[sz]ation|org|team|tenant|user|build|commit|request|trace|event)[_.-]?id$/i

/** The vendor's type of a value, by the vendor in its name and by its format. */
export function vendorTypeOf(name: string, text: string): string | undefined {
  const word = anyWord.exec(name)?.[0]
  if (word === undefined || publicId.test(name) || !/[\d:]/.test(text)) return undefined
  return valuesByWord
    .get(word.toLowerCase())
    ?.find(({ value, named }) => value.test(text) && (!named || named.test(name)))?.type
}
