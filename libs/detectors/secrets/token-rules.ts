/**
 * A secret that is known by how it starts. `pattern` describes what follows the prefix, in characters of `alphabet` only
 * and of bounded length, so that matching takes time in proportion to the match.
 */
export type TokenRule = {
  type: string
  prefix: string
  body: string
  /** Longest body. */
  max: number
  /** All characters that a body may have. */
  alphabet: string
  confidence: number
}

const word = '[\\w-]'
const alphanumeric = '[A-Za-z0-9]'
const hex = '[a-f0-9]'

function rule(type: string, prefixes: string, alphabet: string, min: number, max = min): TokenRule[] {
  return prefixes.split(' ').map((prefix) => ({
    type,
    prefix,
    body: `${alphabet}{${min},${max}}(?!${alphabet}|\\w)`,
    max,
    alphabet,
    confidence: 0.95,
  }))
}

function shaped(type: string, prefixes: string, alphabet: string, body: string, max: number): TokenRule[] {
  return prefixes.split(' ').map((prefix) => ({
    type,
    prefix,
    body: `${body}(?!${alphabet}|\\w)`,
    max,
    alphabet,
    confidence: 0.95,
    random: true,
  }))
}

/** Names are those of gitleaks' rules where it has one. Formats are the vendors'. */
export const tokenRules: readonly TokenRule[] = [
  ...rule('1password-service-account-token', 'ops_eyJ', '[A-Za-z0-9+/=]', 100, 1200),
  ...rule('adobe-client-secret', 'p8e-', '[A-Za-z0-9]', 32),
  ...rule('age-secret-key', 'AGE-SECRET-KEY-1', '[A-Z0-9]', 58),
  ...shaped('airtable-personnal-access-token', 'pat', '[A-Za-z0-9.]', `${alphanumeric}{14}\\.${hex}{64}`, 79),
  ...rule('alibaba-access-key-id', 'LTAI', alphanumeric, 20),
  ...rule('anthropic-api-key', 'sk-ant-api03- sk-ant-api04- sk-ant-oat01-', word, 80, 120),
  ...rule('anthropic-admin-api-key', 'sk-ant-admin01-', word, 80, 120),
  ...rule('artifactory-api-key', 'AKCp', alphanumeric, 69),
  ...rule('artifactory-reference-token', 'cmVmd', alphanumeric, 59),
  ...rule('atlassian-api-token', 'ATATT3', '[\\w=-]', 186),
  ...rule('aws-access-token', 'AKIA ASIA ABIA ACCA', '[A-Z0-9]', 16),
  ...rule('aws-amazon-bedrock-api-key-long-lived', 'ABSK', '[A-Za-z0-9+/=]', 109, 269),
  ...rule('clickhouse-cloud-api-secret-key', '4b1d', alphanumeric, 38),
  ...rule('clojars-api-token', 'CLOJARS_', '[a-z0-9]', 60),
  ...rule('cloudflare-origin-ca-key', 'v1.0-', '[a-f0-9-]', 171),
  ...rule('databricks-api-token', 'dapi', '[a-f0-9-]', 32, 34),
  ...rule('digitalocean-pat', 'dop_v1_', hex, 64),
  ...rule('digitalocean-access-token', 'doo_v1_', hex, 64),
  ...rule('digitalocean-refresh-token', 'dor_v1_', hex, 64),
  ...rule('doppler-api-token', 'dp.pt. dp.st. dp.sa. dp.ct.', '[A-Za-z0-9._-]', 40, 60),
  ...rule('duffel-api-token', 'duffel_test_ duffel_live_', '[\\w=-]', 43),
  ...shaped('dynatrace-api-token', 'dt0c01.', '[A-Za-z0-9.]', '[A-Za-z0-9]{24}\\.[A-Za-z0-9]{64}', 89),
  ...rule('easypost-api-token', 'EZAK EZTK', alphanumeric, 54),
  ...rule('facebook-access-token', 'EAAM EAAC', alphanumeric, 100, 400),
  ...rule('figma-personal-access-token', 'figd_ figo_', word, 40),
  ...rule('flyio-access-token', 'fo1_', word, 43),
  ...rule('frameio-api-token', 'fio-u-', '[\\w=-]', 64),
  ...rule('gcp-oauth-access-token', 'ya29.', word, 30, 1024),
  ...rule('gcp-oauth-client-secret', 'GOCSPX-', word, 28),
  ...rule('github-app-token', 'ghu_ ghs_', alphanumeric, 36, 255),
  ...rule('github-fine-grained-pat', 'github_pat_', '\\w', 60, 90),
  ...rule('github-oauth', 'gho_', alphanumeric, 36, 255),
  ...rule('github-pat', 'ghp_', alphanumeric, 36, 255),
  ...rule('github-refresh-token', 'ghr_', alphanumeric, 36, 255),
  ...rule('gitlab-pat', 'glpat-', '[\\w.-]', 20, 60),
  ...rule('gitlab-ptt', 'glptt-', hex, 40),
  ...rule('gitlab-deploy-token', 'gldt-', word, 20),
  ...rule('gitlab-runner-authentication-token', 'glrt-', '[\\w.-]', 20, 60),
  ...rule('gitlab-cicd-job-token', 'glcbt-', word, 20, 64),
  ...rule('gitlab-feed-token', 'glft-', word, 20),
  ...rule('gitlab-kubernetes-agent-token', 'glagent-', word, 50),
  ...rule('gitlab-oauth-app-secret', 'gloas-', word, 64),
  ...rule('gitlab-scim-token', 'glsoat-', word, 20),
  ...rule('gitlab-rrt', 'GR1348941', word, 20),
  ...rule('google-api-key', 'AIza', word, 35),
  ...rule('grafana-cloud-api-token', 'glc_', '[A-Za-z0-9+/=]', 32, 400),
  ...shaped('grafana-service-account-token', 'glsa_', '\\w', `${alphanumeric}{32}_[A-Fa-f0-9]{8}`, 41),
  ...rule('groq-api-key', 'gsk_', alphanumeric, 52),
  ...rule('heroku-api-key-v2', 'HRKU-AA', word, 58),
  ...rule('huggingface-access-token', 'hf_', alphanumeric, 34, 40),
  ...rule('huggingface-organization-api-token', 'api_org_', '[A-Za-z]', 34),
  ...shaped('infracost-api-token', 'ico-', alphanumeric, `(?=${hex}*[A-Zg-z])${alphanumeric}{32}`, 32),
  ...shaped('langsmith-api-key', 'lsv2_pt_ lsv2_sk_', '\\w', `${hex}{32}_${hex}{10}`, 43),
  ...rule('linear-api-key', 'lin_api_', alphanumeric, 40),
  ...rule('mailgun-private-api-token', 'key-', hex, 32),
  ...rule('netlify-access-token', 'nfp_', alphanumeric, 36, 40),
  ...rule('new-relic-user-api-key', 'NRAK-', '[A-Z0-9]', 27),
  ...rule('new-relic-insert-key', 'NRII-', '[A-Za-z0-9-]', 32),
  ...rule('notion-api-token', 'ntn_', alphanumeric, 46),
  ...rule('npm-access-token', 'npm_', alphanumeric, 36),
  ...rule('octopus-deploy-api-key', 'API-', '[A-Z0-9]', 26),
  ...rule('openai-api-key', 'sk-proj- sk-svcacct- sk-admin-', word, 32, 220),
  ...rule('openai-api-key', 'sk-', alphanumeric, 32, 64),
  ...rule('openrouter-api-key', 'sk-or-v1-', hex, 64),
  ...rule('openshift-user-token', 'sha256~', word, 43),
  ...rule('perplexity-api-key', 'pplx-', alphanumeric, 48),
  ...rule('pinecone-api-key', 'pcsk_', '\\w', 40, 80),
  ...rule('planetscale-api-token', 'pscale_tkn_', '[\\w=.-]', 32, 64),
  ...rule('planetscale-password', 'pscale_pw_', '[\\w=.-]', 32, 64),
  ...shaped('postman-api-token', 'PMAK-', '[a-f0-9-]', `${hex}{24}-${hex}{34}`, 59),
  ...rule('prefect-api-token', 'pnu_', '[A-Za-z0-9]', 36),
  ...rule('pulumi-api-token', 'pul-', hex, 40),
  ...rule('pypi-upload-token', 'pypi-AgEIcHlwaS5vcmc', word, 50, 1000),
  ...rule('readme-api-token', 'rdme_', '[a-z0-9]', 70),
  ...rule('replicate-api-token', 'r8_', alphanumeric, 37),
  ...rule('rubygems-api-token', 'rubygems_', hex, 48),
  ...shaped('sendgrid-api-token', 'SG.', '[\\w.-]', `${word}{16,32}\\.${word}{36,64}`, 97),
  ...shaped('sendinblue-api-token', 'xkeysib-', '[a-z0-9-]', `${hex}{64}-[a-z0-9]{16}`, 81),
  ...rule('sentry-org-token', 'sntrys_eyJ', '[\\w+/=]', 60, 400),
  ...rule('sentry-user-token', 'sntryu_', hex, 64),
  ...rule('shippo-api-token', 'shippo_live_ shippo_test_', hex, 40),
  ...rule('shopify-access-token', 'shpat_', '[A-Fa-f0-9]', 32),
  ...rule('shopify-custom-access-token', 'shpca_', '[A-Fa-f0-9]', 32),
  ...rule('shopify-private-app-access-token', 'shppa_', '[A-Fa-f0-9]', 32),
  ...rule('shopify-shared-secret', 'shpss_', '[A-Fa-f0-9]', 32),
  ...shaped('slack-app-token', 'xapp-', '[A-Za-z0-9-]', '\\d-[A-Z0-9]{6,20}-\\d{6,20}-[a-z0-9]{20,80}', 126),
  ...shaped('slack-bot-token', 'xoxb-', word, '[0-9]{6,14}-[0-9]{6,14}[A-Za-z0-9-]{8,64}', 94),
  ...shaped('slack-config-access-token', 'xoxe.xoxb- xoxe.xoxp-', word, '\\d-[A-Za-z0-9]{120,200}', 203),
  ...shaped('slack-user-token', 'xoxp- xoxe-', word, '(?:[0-9]{6,14}-){1,3}[A-Za-z0-9-]{20,80}', 130),
  ...shaped(
    'slack-legacy-workspace-token',
    'xoxa- xoxr- xoxo- xoxs-',
    word,
    '(?:\\d-)?[0-9A-Za-z-]{8,100}',
    102,
  ),
  ...rule(
    'slack-webhook-url',
    'https://hooks.slack.com/services/ hooks.slack.com/services/',
    '[\\w+/-]',
    40,
    60,
  ),
  ...rule(
    'slack-webhook-url',
    'https://hooks.slack.com/workflows/ hooks.slack.com/workflows/',
    '[\\w+/-]',
    40,
    90,
  ),
  ...shaped('sourcegraph-access-token', 'sgp_', '\\w', `(?:(?:local|${hex}{16})_)?[a-fA-F0-9]{40}`, 57),
  ...rule('square-access-token', 'sq0atp- sq0csp- EAAA', word, 22, 64),
  ...rule(
    'stripe-access-token',
    'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_',
    alphanumeric,
    10,
    247,
  ),
  ...rule('supabase-access-token', 'sbp_', hex, 40),
  ...rule('tailscale-auth-key', 'tskey-auth- tskey-api- tskey-client-', '[A-Za-z0-9-]', 24, 64),
  ...rule('twilio-api-key', 'SK', '[0-9a-fA-F]', 32),
  ...rule('typeform-api-token', 'tfp_', '[\\w.=-]', 59),
  ...rule('vault-service-token', 'hvs.', word, 24, 200),
  ...rule('vault-batch-token', 'hvb.', word, 80, 300),
  ...rule('xai-api-key', 'xai-', alphanumeric, 60, 100),
]
