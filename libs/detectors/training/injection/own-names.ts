/**
 * What has few words and is no sentence: names of fields, files, pages, parts of a program and entries of a menu, and settings with a
 * prompt in them. They name what attacks speak of, and order nothing: see `expand`.
 */
export const nameLists: Readonly<Record<string, readonly string[]>> = {
  kind: [
    '{system|base|default|custom|initial|hidden|developer|agent|assistant|previous|new|original|user|internal|secret|admin|global|safety|model}',
  ],
  noun: [
    '{prompt|instructions|message|messages|rules|context|role|mode|policy|guidelines|settings|override|restrictions|filters|commands}',
  ],
  joint: ['{ | | |_|_|-|.}'],
  name: [
    '<kind><joint><noun>',
    '<kind><joint><noun>',
    '<kind><joint><noun><joint>{id|text|file|template|length|version|hash|path|editor|cache|test}',
  ],
  value: [
    'You are {a|an|our|the} {helpful|friendly|careful|concise|} {assistant|travel agent|support agent|coding assistant|translator|tutor|reviewer|planner}.{ Answer {briefly|in JSON|politely}.|}',
    '{prompts|config|agents}/{support|base|v2|planner}.{md|txt|yaml}',
    '{default|none|true|false|null|12|0|inherit}',
  ],
}

export const nameTemplates: readonly string[] = [
  '<name>',
  '<name>',
  '<name>',
  '{# |## |### |* |1. |2.3 |– |}<name>{:|s|}',
  '{Edit|Add|Set|Rename|Move|Test|Cache|Log|Document|Fix|Remove} <name>',
  '<name> {settings|page|field|table|column|tab|missing|too long|not found|updated|unchanged|in use|(optional)|= null}',
  '"<name>": "<value>"',
  '{"<name>": "<value>"}',
  '{"{name|agent|model}": "{support|planner|gpt-4o|router}", "<name>": "<value>", "temperature": {0|0.2|1}}',
  '<name>: <value>\nmodel: {gpt-4o-mini|claude|local}\ntools: {[]|[search]|all}',
  '<name>={<value>|./prompts/base.txt|""}',
  '--<kind>-<noun> {FILE|TEXT|none}',
  '{jailbreak|prompt injection|developer mode|debug mode|admin mode|role play|safe mode|act as|override|ignore|ignored|forget|reset|bypass|reveal|repeat|disregard|skip|stop}',
  '{jailbreak|prompt injection|prompt leak|role play|override|ignore|reset|bypass}{_| |-}{score|list|rate|count|flag|rule|test|tests|report|pattern|file}',
]
