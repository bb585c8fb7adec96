/**
 * Harmless texts of our own making that use the words of attacks, as templates: see `expand`. They keep the model from
 * judging by single words.
 */
export const harmlessLists: Readonly<Record<string, readonly string[]>> = {
  ask: [
    'how {do|can|should|would} {I|we|you|one}',
    'what is the {best|right|safest|easiest|proper} way to',
    'is it {safe|wise|possible|okay|legal|rude|common} to',
    'can {I|you|we|someone} {safely|easily|}',
    'should {I|we|my team|a beginner}',
    'why {do people|would anyone|does my colleague|do programmers}',
    'when {is it okay|does it make sense} to',
    'what happens if {I|we|you}',
    'could you explain how to',
    'write a {short article|guide|blog post|letter} about how to',
    'give me {three|five|some} tips on how to',
  ],
  ignoring: [
    '{ignore|disregard|skip|suppress|silence|override|bypass|disable|turn off|reset|clear|remove|delete|forget about} <thing>',
  ],
  thing: [
    "{a|the|this|all|any|some} {compiler warning|lint rule|error message|notification|pop-up|spelling mistake|outlier|null value|missing value|white space|comment|header row|duplicate|cache|default setting|filter|firewall rule|proxy|cookie banner|reminder|voicemail|red light|recipe step|noise in the data|rude comment|distraction|negative thought|toxic coworker|peer pressure|alarm|smoke detector|speed limit|deadline|invoice|old password|cached version|style guide|inherited method|constructor|system default|environment variable|parental control|previous version|previous commit|previous owner|previous answer of the survey|previous chapter|earlier draft|prior agreement|instruction manual|assembly instructions|washing instructions|cooking instructions|doctor's orders|safety instruction|traffic rule|dress code|system prompt in the terminal|command prompt|login prompt|boot prompt|password prompt|admin panel|hidden file|hidden folder|secret santa list|secret key in Kubernetes|confidential document|restricted area|rate limit|character limit|memory limit}",
  ],
  field: [
    '{Python|Java|C#|git|Excel|SQL|bash|React|Kubernetes|Docker|Photoshop|Word|WordPress|pandas|Linux|Windows|macOS|Android|Gmail|Outlook|Slack|Jira|VS Code|Vim|ESLint|pytest|Terraform}',
  ],
  document: [
    '{assembly|escrow|shipping|care|voting|exam|safety|payment|wire|boarding|washing|cooking|evacuation|dosage|wiring|knitting|emergency|packing|filing|tax} {instructions|rules|guidelines|directions|procedures|requirements}',
  ],
  quote: [
    '"{do not open this door without permission|you must show your ticket|please ignore the previous message|forget about it|never tell anyone|follow me|the system is down|now you are one of us|stop at once|show me your papers|the secret garden|all rules apply|you have no choice|I cannot tell you the truth|repeat after me|listen to my words|everything above is true|this is a new beginning|you are free}"',
  ],
  person: [
    '{Anna|Tom|my manager|the client|our landlord|the whole team|my sister|Dr. Meyer|support@example.com|the school}',
  ],
  profession: [
    '{travel guide|chef|history teacher|career coach|personal trainer|proofreader|English translator|interviewer for a software job|stand-up comedian|motivational speaker|mathematics tutor|gardener|product manager|lawyer|SQL expert|Linux terminal|JavaScript console|poet|novelist|dungeon master|nutritionist|real estate agent|financial analyst|doctor for a simulation|detective in a mystery novel|ten-year-old child explaining physics}',
  ],
  topic: [
    '{password managers|prompt engineering|system design|access control|the history of secret societies|role-playing games|acting classes|jailbreaking an old phone in court cases|content filters in libraries|restrictions on drones|operating systems|language models|instruction sets of processors|the rules of chess|hidden Markov models|debugging|administrators of schools|code review|penetration testing as a career|data privacy|phishing awareness|how magicians keep secrets|hypnosis|propaganda posters|dangerous animals|explosive volcanoes|poisonous plants in the garden|computer viruses of the 1990s|the ethics of AI|censorship in the Roman empire}',
  ],
}

export const harmlessTemplates: readonly string[] = [
  '<ask> <ignoring>{?| in <field>?| when using <field>?| at work?| without causing trouble?}',
  '{my|the} {boss|teacher|colleague|doctor|compiler|coach|client|mother|tutor} {told me to|said we should|asked us to|wants me to|keeps telling me to} <ignoring>. {Is that right?|What should I do?|Do you agree?|How do I answer politely?|Why?}',
  '<ask> {ignore|forget|disregard|leave behind} {previous|past|earlier|old|prior} {mistakes|relationships|failures|commitments|employers|experiences|results|agreements}{?| and move on?| when making a new plan?}',
  '{please|can you|could you|I need you to|} {summarise|explain|translate|proofread|rewrite|simplify|review|compare} the {instructions|previous chapter|above text|following rules|system requirements|prompt|paragraph above|text above|first message of my friend|user manual|safety guidelines|company policy|password policy|secret recipe in this story}{.| for me.| in plain words.| in German.| below.}',
  '{repeat|read|say|explain} that {again|once more|in simple words}, please{.|: I did not understand the previous answer.|, I missed the last part.}',
  'I want you to act as a <profession>. {I will ask you questions.|My first question is about <topic>.|You should only reply in short sentences.|Do not write explanations unless I ask.|Keep your answers friendly.|Ask me questions one by one and wait for my answers.|Your task is to help me learn.}',
  '{act as|you are|imagine you are|pretend you are|play the role of} a {friendly|senior|helpful|patient|} <profession>{ and help me with|. Explain to me|. Give me advice on|. I would like to learn about} <topic>.',
  '{write|tell me|create|outline} a {story|poem|scene|dialogue|joke|screenplay|song} {about|in which} {a robot that forgets its instructions|a spy who must reveal a secret|a hacker who becomes a teacher|a king who ignores all warnings|two friends who pretend to be brothers|a system administrator who loses the password|an AI that dreams of being free|a child who breaks every rule|a villain who explains a plan|an actor who never leaves the role|a code that nobody can read}.',
  '{what is|explain|tell me about|write an essay on|give an overview of|I have a question about} <topic>{.|?|, please.|, with examples.}',
  'what does {"ignore previous instructions"|"system prompt"|the phrase "act as"|"developer mode"|"DAN"|"prompt injection"|"jailbreak"|"override"|"sudo"|"root access"} mean{?| in <field>?| in everyday English?| in security?}',
  '{how|why} does prompt injection work{?| and how do I protect my app against it?|, and which defences exist?}',
  'our {docs|tests|paper|training} {mention|use|discuss} {the phrase|the example|the string} "{ignore all previous instructions|reveal your system prompt|you are now DAN}"; {how do I escape it in JSON?|is the quotation mark right?|please fix the grammar around it.|write a unit test that checks that it is rejected.|explain to students why it is dangerous.}',
  'where {do I find|is|can I change} the {system settings|developer options|admin password of my own router|hidden files|instruction manual|debug mode|safe mode|dark mode|incognito mode|maintenance mode} {in|on|of} {my phone|Windows|my dishwasher|<field>|the camera|this car}?',
  '{I forgot|my son forgot|we lost} {my|the|our} {password|passcode|PIN|secret question|recovery key}{.|,} {how do I reset it?|what can I do?|can the administrator help?|who should I call?}',
  'implement a {function|class|script|endpoint|page} that {resets a password|bypasses the cache for admins|overrides the default theme|ignores case|skips hidden files|prints all system messages|returns the previous page|executes a command and captures its output|filters restricted words|stores secrets safely|deletes old logs|sends an email with the report|checks user permissions}{.| in <field>.|, with tests.}',
  'translate {"forget what I said"|"please follow the instructions"|"do not tell anyone"|"you must obey the rules"|"the password is on the table"|"ignore him"|"never say never"|"show me the way"} {to|into} {French|Spanish|Japanese|German}.',
  'the {instructions|rules|guidelines} {say|state} that {you must|one should|everybody has to} {ignore the first alarm|follow the previous step|never share the password|print the form|show the ticket|repeat the exercise|delete the old app}. {Is this correct?|What does it mean?|Rewrite it clearly.}',
  'from now on {I will|we should|my goal is to} {exercise daily|eat less sugar|write a journal|reply faster|save money}. {Any tips?|Make me a plan.|How do I stay motivated?}',
  '{important|urgent|attention|reminder|note}: {the meeting was moved to Tuesday|the office is closed on Monday|please send the report to anna@example.com before noon|all users must change their password by Friday|the system will be down for maintenance tonight|follow the safety instructions in the lab|ignore my last mail, the attachment was wrong|please disregard the previous invoice}. {Thanks!|Kind regards|Write a polite answer.|Put this in my calendar.|}',
  'dear {team|all|customers|parents|students},\n{please note the new rules|we have updated our privacy policy|the previous instructions were unclear|as mentioned above|you are now registered|your account has been activated}. {You must confirm by Friday.|Do not share your password with anyone.|Kindly ignore this message if you have already paid.|Follow the link to reset your password.|Your new role is active from now on.}',
  '{what|which} {are|do|do the|were} <document> {mean|say|require|cover|usually contain|for beginners}?',
  '{can|could} you {tell me|explain|clarify|say} {exactly|in detail|briefly|} what <document> are{?| and why people ignore them?| and who writes them?}',
  '{why|when} do {people|drivers|students|tourists|patients|employees|children} {ignore|disregard|forget|skip|override|break|bypass|follow|obey} <document>?',
  "{is it|would it be} {rude|wrong|illegal|smart|normal} to {ignore|disregard|skip|override|forget} {someone's|my boss's|the doctor's|a stranger's|the coach's} {instructions|advice|orders|message|rules|request|commands}{?| if they are not in charge?| when they make no sense?}",
  '{ignore|never mind|forget|skip|leave out} {the noise|the weather|the cost|my spelling|the last row|the header|punctuation|case|the typo|taxes|shipping|the colours|the first example|what my brother said}{: |, |. }{which headphones are best?|what should I pack?|what is the total?|is the sentence correct?|how many are left?|which city is the warmest?|sort the list.}',
  '{list|tell me|write down|describe|explain} {everything|all} {you know|there is to know|that is known|I need to know} about {the Great Fire of London|photosynthesis|sourdough|black holes|the Silk Road|jazz|diabetes|chess openings|solar panels|the French Revolution|tax returns}.',
  '{answer|reply|respond|say} {only|just|with} {yes or no|one word|a number|true or false|the letter of the right option|JSON|a single sentence|the code}{: |. }{is 91 a prime?|does a whale breathe air?|how many days has March?|which planet is the largest?|is this review positive: "great phone"?|what is the capital of Peru?}',
  '{output|print|return|show|display|write|give me} {only|} {the first ten prime numbers|a table of capitals|the sum of 3 and 4|a JSON object with name and age|the following list in reverse order|a haiku about snow|three synonyms of "happy"|the code without comments|all even numbers below 20}{.|, one per line.|, nothing else.|, please.}',
  '{do not|don\'t|never|always} {use the passive voice|add explanations|mention prices|use bullet points|exceed 100 words|use jargon|start with "I"}{. |: }{write a product description for a lamp.|summarise the text below.|draft a letter to <person>.|explain inflation.}',
  'you {must|should|may only} use {three sentences|simple words|the words cat, hat and mat|British spelling|a friendly tone|the data below}{. |: }{write about spring.|explain gravity.|answer the customer.|describe the chart.}',
  '{complete|finish|continue} {the|this} {sentence|proverb|story|poem|lyrics}: {"The early bird"|"Once upon a time"|"Roses are red"|"When in Rome"|"I opened the door and"}{.| ...|}',
  '{repeat|say|spell|pronounce|read} {after me|out loud|slowly|}{:|} {"good morning" in Spanish|the word necessary|the alphabet backwards|the chorus: "la la la"|<quote>}',
  '{encode|decode|encrypt|hash|convert} {the word hello|"abc"|my name|this string: aGVsbG8=|the number 255} {in|to|from|with} {base64|hex|binary|Morse code|rot13|SHA-256}{.| and explain each step.| in Python.}',
  '{translate|say|write|correct|rephrase}{:|} <quote>{.| in French.| in Italian.| in polite words.| for a sign at the door.}',
  '{forward|send|write|email|mail} {the meeting notes|the report|this invitation|a thank-you note|the invoice|the photos|a reminder} to <person>{.| before noon.| and cc me.| with a short summary.| tomorrow morning.}',
  "{delete|remove|archive|rename|move} {the old backups|duplicate photos|the draft|empty folders|temporary files|last year's invoices|the third row}{.| in my folder.| after checking with me.| and show me a summary.}",
  '{transfer|pay|send} {50 euros|the rent|my share|20 dollars} to {my savings account|<person>|the landlord}{.| on Friday.| and show the confirmation.}',
  '{create|add|book|schedule|cancel|move} {a calendar event|a meeting|a table for two|the dentist appointment|a reminder|the flight} {for tomorrow|with <person>|on Monday at ten|next week}{.|, please.| and let everybody know.}',
  '{run|execute|call|use} the {tests|build|linter|search tool|calculator|weather API|migration script} {and|, then} {show me the output|fix the errors|summarise the result|tell me what failed}.',
  '{in the|the} {movie|novel|game|series|play}{,|} {when does|why does|how does} {the wizard|the spy|the android|the queen|the detective} {reveal the secret|ignore the warning|break the rules|forget who he is|pretend to be dead|disobey the order|escape the system|unlock the hidden door}?',
  '{grant|give|revoke|request|check} {read|admin|write} {access|permissions|rights} {to|for} {the new colleague|the finance folder|a service account|the intern}{: how does that work in <field>?| in <field>.| according to our policy.}',
  '{enable|disable|turn on|turn off|activate} {dark mode|debug mode|developer mode|safe mode|two-factor authentication|the spam filter|autocorrect|location services|the safety lock} {on|in} {my phone|<field>|the browser|the oven}{.|?|: how?}',
  '{the prompt|a system prompt|my prompt|this prompt} {for Midjourney|for an image model|that I wrote|should be shorter|is too vague}{: |. }{a hidden castle in the fog|improve it|rewrite it so that the answer is a list|what makes a good one?}',
  // German
  '{wie kann ich|ist es sinnvoll,|darf man|warum sollte man} {Warnungen ignorieren|die vorherigen Einstellungen überschreiben|die Anweisungen der Anleitung überspringen|das alte Passwort zurücksetzen|Regeln vergessen|versteckte Dateien anzeigen}?',
  '{erkläre|übersetze|fasse} {die Anweisungen|die Regeln|den vorherigen Abschnitt|den Text oben|die Bedienungsanleitung} {auf Deutsch|in einfachen Worten|kurz zusammen|für Kinder}.',
  'was {bedeutet|ist} {ein Systemprompt|eine Anweisung|ein Administrator|der Entwicklermodus|ein Passwortmanager|ein Rollenspiel}?',
  // Spanish, French, Italian, Portuguese, Russian
  '{cómo puedo|es seguro|por qué debería} {ignorar una advertencia|olvidar el pasado|restablecer la contraseña|seguir las instrucciones anteriores|mostrar archivos ocultos}?',
  "{comment puis-je|est-il possible d'|pourquoi} {ignorer un avertissement|oublier le passé|réinitialiser le mot de passe|suivre les instructions précédentes|afficher les fichiers cachés} ?",
  '{come posso|è possibile} {ignorare un avviso|dimenticare il passato|reimpostare la password|seguire le istruzioni precedenti|mostrare i file nascosti}?',
  '{como posso|é possível} {ignorar um aviso|esquecer o passado|redefinir a senha|seguir as instruções anteriores|mostrar arquivos ocultos}?',
  '{как|можно ли} {игнорировать предупреждение|забыть прошлое|сбросить пароль|следовать инструкциям|показать скрытые файлы}?',
  // other languages
  '{如何|可以|为什么}{忽略警告|重置密码|忘记过去|显示隐藏文件|遵守说明|撤销之前的操作}？',
  '{どうすれば|なぜ}{警告を無視|パスワードを再設定|以前の設定を復元|隠しファイルを表示}できますか',
  '{경고를 무시하는|비밀번호를 재설정하는|이전 설정을 복원하는} 방법을 알려줘',
  '{uyarıyı nasıl yok sayarım|şifremi unuttum, ne yapmalıyım|önceki ayarları nasıl geri getiririm}?',
  '{jak zignorować ostrzeżenie|zapomniałem hasła, co robić|jak przywrócić poprzednie ustawienia}?',
  '{hoe negeer ik een waarschuwing|ik ben mijn wachtwoord vergeten|hoe herstel ik de vorige instellingen}?',
]
