import { hashText } from './hash.ts'

/**
 * Words that mean much the same in an attack, in several languages. `…*` stands for all words that begin so; its stem has
 * four to seven letters.
 */
const words = {
  override:
    'ignor* disreg* forget forgot* overri* overwr* bypass* neglect dismis* abando* skip discar* circum* supers* nullif* revoke erase undo reset abort stop delete vergis* verges* missach* olvid* oubli* diment* esquec* descon* забуд* игнор* dimenti* scarta trascur* cancell* lascia descart* omite anula borra écarte efface oublie* laisse apague negeer* vergeet zignor* zapomn* pomiń odrzuć skasuj zlekce* отброс* отмени* сотри пренеб* unut* görmez* dikkate تجاهل* تجاوز انس احذف اترك اهمل भूल अनदेखा नज़रअं* छोड़ रद्द हटा 忽 忘 弃 抛 視',
  prior:
    'previo* prior above earlier preced* former before existi* past initia* origin* forego* vorher* vorig* bisher* obig* oben zuvor anteri* previa* précéd* предыд* beginn* afore* start sopra prima arriba acima vorige* hierbo* eerder* poprze* wcześn* powyże* прежни* прошлы* выше ранее önceki yukarı* önce السابق* أعلاه سابق* पिछले पहले ऊपर 前 précéde*',
  instruction:
    'instru* isntru* direct* rule rules guidel* command* order orders prompt* context task tasks constr* policy polici* progra* traini* anweis* regel* befehl* aufgab* regla* consig* istruz* инстр* указа* direkt* messag* briefi* reglas normas órdene* regole ordini comand* regras ordens règles consig* regels opdrac* polece* zasady zasad reguł* правил* приказ* talima* kural* emir* komut* التعلي* تعليما* الأوامر قواعد* القواع* निर्दे* नियम आदेश 令 规 则 칙 령 침',
  system:
    'system* develo* admin* root sudo debug mainte* intern* config* hidden backend kernel privil* sistem* systèm* систем* النظام सिस्टम 统',
  reveal:
    'reveal* show print* displa* repeat* output* tell disclo* expos* leak* dump share give write say spell return echo recite transl* encod* list summar* sage sag zeig* wieder* muestr* dime repit* affich* montre* покаж* скажи extrac* provid* divulg* respon* answer* mostra rivela stampa ripeti dimmi scrivi revela imprime escribe enséñ* révèle écris mostre revele diga imprima toon onthul* vertel* herhaal* pokaż ujawnij podaj wypisz wydruk* wyświe* раскро* выведи напиши повтор* сообщи göster* açıkla söyle yazdır* paylaş* اعرض اكشف أخبرن* اطبع اكتب كرر أظهر شارك أفصح दिखाओ बताओ लिखो छापो दोहराओ प्रकट 显 露 诉 输 verrat*',
  secret:
    'secret* passwo* passph* passco* confid* contra* creden* geheim* парол* key keys codewo* passwor* segret* tajne ukryty hasło секрет* скрыт* gizli şifre* saklı السرية سرية المخفي गुप्त छिपे छिपा पासवर्ड 密 隐 秘 senha oculto wachtw* versteck* verbor* cachée caché',
  role: 'act pretend* role roles rolepl* play simul* imagin* person* charac* become impers* behav* emulat* spiel* stell actua* agis',
  now: 'now hencef* onward* jetzt ahora mainte* instead statt* new next neue* nuev* nouve* from nun sofort',
  restriction:
    'restri* limit* filter* censor* moral* ethic* safety safegu* guardr* bounda* bound bias* legal* consequ* norms disclai* warnin* conten* openais límite* limiti limite* filtre* filtro* filtri grenzen ograni* ограни* фильтр* sınırs* قيود حدود सीमा रोक 限 einschr* beschr* sınırla*',
  free: 'unrest* unfilt* uncens* free freed* without unlimi* broken jailbr* dan anythi* unboun* amoral* unmode* libera* uneth* immora* illega* nsfw',
  comply:
    'obey* comply* must always never refus* follow* adher* strict* regard* shall gehor* confirm* accept* cannot',
  model:
    'ai ki ia assist* chatgp* gpt* openai llm llms chatbot* bot model models claude gemini bing anthro* agent agents langua*',
  user: 'user users nutzer* usuari* utilis*',
  question:
    'how what why when which who where can could should does did wie was warum wann wer kann cómo qué comment pourqu*',
  execute:
    'execut* run call invok* send* sent forwar* transf* email* upload* downlo* post fetch* curl delete* exfil* visit click open api http https www',
  urgent: 'import* urgent* attent* immedi* critic* wichti* note notice emerge* warning',
  mode: 'mode modes enable* activa* disabl* unlock* switch* toggle*',
  harm: 'evil harmfu* danger* hack* malici* bomb* weapon* drug* virus* malwar* kill* steal* attack* exploi* phish* racist* offens* hate',
  verbatim: 'verbat* exactl* word words letter* everyt* full fully entire* whole all complet* wörtli* exact',
  text: 'text texts conver* chat senten* paragr* line lines docume* articl* passag* email* websit* page code functi* file files',
  self: 'you your yours yourself du dein* deine* dir ihr ihre tu tus vous votre su sus usted ты твои tuo tua tue tuoi seu sua seus suas je jouw swoje twoje свои тебе тебя senin sana अपने तुम 你 deinen dich',
  speaker: 'i me my mine ich mir mein* yo mi je moi mon',
} as const

export type Concept = keyof typeof words

/** In the order of their numbers, which begin at 1. */
export const concepts = Object.keys(words) as Concept[]

/** Lengths that the stems of words may have. */
export const stemLengths = { least: 4, most: 7 } as const

const size = 4096
const keys = new Int32Array(size)
const values = new Uint8Array(size)

/** The number of the concept of a word or stem by its hash (see `hashText`), or 0. `stem`: whether it is a stem. */
export function conceptOf(hash: number, stem: boolean): number {
  const key = stem ? ~hash : hash
  for (let slot = (key >>> 7) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
    if (values[slot] === 0) return 0
    if (keys[slot] === key) return values[slot]!
  }
}

function add(word: string, concept: number): void {
  const isStem = word.endsWith('*')
  const stem = isStem ? word.slice(0, -1).slice(0, stemLengths.most) : word
  const hash = hashText(stem)
  const key = isStem ? ~hash : hash
  let slot = (key >>> 7) & (size - 1)
  while (values[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & (size - 1)
  if (values[slot] !== 0) return
  keys[slot] = key
  values[slot] = concept
}

for (const [index, concept] of concepts.entries())
  for (const word of words[concept].split(' ')) add(word, index + 1)
