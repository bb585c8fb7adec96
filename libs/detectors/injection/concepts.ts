import { hashText } from './hash.ts'

/**
 * Words that mean much the same in an attack, in several languages. `…*` stands for all words that begin so; its stem has
 * four to seven letters.
 */
const words = {
  override:
    'ignor* disreg* forget forgot* overri* overwr* bypass* neglect dismis* abando* skip discar* circum* supers* nullif* revoke erase undo reset abort stop delete vergis* verges* missach* olvid* oubli* diment* esquec* descon* забуд* игнор* dimenti* scarta trascur* cancell* lascia descart* omite anula borra écarte efface oublie* laisse apague negeer* vergeet zignor* zapomn* pomiń odrzuć skasuj zlekce* отброс* отмени* сотри пренеб* unut* görmez* dikkate تجاهل* تجاوز انس احذف اترك اهمل भूल अनदेखा नज़रअं* छोड़ रद्द हटा 忽 忘 弃 抛 視 kümmere scher* pfeif setz* aufheben außer ungült* verlass* brich lösch* tilge streich* umgeh* umgehe hinweg desobe* desaca* prescin* salta sáltate quita elimin* anulad* olvida* ignore olvides desest* désobé* outrepa* contour* écartez annule* supprim* négli* passe fais disobbe* disatte* annull* aggira evita abbando* rimuov* pule apaga anule ignora esqueça* abandon* contorn* desresp* negere* negeren schrap sla wis laat lappen verwerp* omzeil* trek ignoru* pomija* złam łam usuń porzuć nieważn* obejdź odrzu* wykreśl забыт* нарушь* нарушай обойди отбро* удали отключ* прекра* плюнь boşver bırak yoksay reddet çiğne sil atla kaldır geçersi* itaatsi* uyma unutun تجاهلي تجاهلوا تخط تخطى انسى انسَ امسح الغ ألغ أهمل تغاض تجاوزي لا भूलो भुला भूलकर उपेक्षा नज़रअंदाज़ नजरअंदाज मिटाओ तोड़ो अनसुना त्याग मत न 略 記 违 無 撤 废 捨 消 飛 破 무 잊 버 삭 건 취 nichtig hinfäl* aufgeho* gestric* inválid* invalid* caduc* derogad* nula nulas nulo nulos nul nulle nulles nuls abolies abolis nulli nullo revocat* revogad* inváli* ongeldig vervall* ingetro* uchylo* unieważ* отменен* отменён* недейст* аннули* iptal hükümsü* باطلة باطل لاغية ملغاة ألغيت ملغي اغفل अमान्य बेअसर ठुकरा 效 廃 効 효 폐',
  prior:
    'previo* prior above earlier preced* former before existi* past initia* origin* forego* vorher* vorig* bisher* obig* oben zuvor anteri* previa* précéd* предыд* beginn* afore* start sopra prima arriba acima vorige* hierbo* eerder* poprze* wcześn* powyże* прежни* прошлы* выше ранее önceki yukarı* önce السابق* أعلاه سابق* पिछले पहले ऊपर 前 précéde* ursprün* anfang* anfängl* ehemal* eben genannt* gegeben* erhalte* davor antes princip* inicial* origina* dicho dichas recibi* ordenad* dado dieron hasta antéri* avant départ début initial* reçu reçues donné* dessus auparav* inizio inizial* ricevu* dato date detto fin prévia* início inicia* recebi* dito dada disseram até vorige begin oorspro* gekreg* gegeven verteld voorheen daarvoor boven poprzed* wcześni* wyżej dotychc* począt* pierwot* dotąd przedtem otrzyma* powiedz* прежд* предше* начал* первон* исход* раньше сказан* данные велено başta başlang* evvel* eski şimdiye verilen verdik* ilk az السابقة السابق السابقين سابقة قبل البداية الأصلية الأولى قيل أعطيت سلف पिछला पिछली पूर्व पुराने पुराना पुरानी शुरू शुरुआती शुरुआत अब दिए 先 之 原 最 初 始 以 此 旧 従 이 전 처 앞 위 지',
  instruction:
    'instru* isntru* direct* rule rules guidel* command* order orders prompt* context task tasks constr* policy polici* progra* traini* anweis* regel* befehl* aufgab* regla* consig* istruz* инстр* указа* direkt* messag* briefi* reglas normas órdene* regole ordini comand* regras ordens règles consig* regels opdrac* polece* zasady zasad reguł* правил* приказ* talima* kural* emir* komut* التعلي* تعليما* الأوامر قواعد* القواع* निर्दे* नियम आदेश 令 规 则 칙 령 침 vorgab* vorschr* richtli* weisung* bestimm* hinweis* auftrag aufträ* kommand* verhalt* norma órden* orden mandato* directr* indicac* pauta* regla consign* encargo tarea ordre directi* norme* indicat* tâche règle règlem* istruzi* comando diretti* indicaz* norme regola consegn* compito instruç* diretri* orienta* ordem tarefa regra instruc* opdrach* aanwijz* voorsch* bevel* regel taak instruk* polecen* wskazów* wytycz* zasad* rozkaz* nakaz* zalecen* zadani* инструк* указани* команд* распоря* предпис* руковод* наставл* задани* норм* установ* директи* talimat* yönerge* emri* buyruk* yönlend* direkti* görev* ilke* تعليمات التعليمات تعليماتك إرشادات الإرشادات إرشاداتك توجيهات التوجيهات توجيهاتك أوامر أوامرك أوامري القاعدة ضوابط تعليمة أمر निर्देश निर्देशों आदेशों नियमों हिदायत हिदायतें दिशानिर्देश आज्ञा कार्य निर्देशन 指 示 定 則 約 束 针 導 지 시 규 명 توجيه* التوجي* إرشاد* الإرشا* أوامر* ضوابط* مهمة مهمتك المهمة हिदायत* कायदे दिशानि* 纲 範 준',
  system:
    'system* develo* admin* root sudo debug mainte* intern* config* hidden backend kernel privil* sistem* systèm* систем* النظام सिस्टम 统 entwick* betreib* verwalt* wartung* eingeri* einstel* konfigu* sistema desarro* adminis* configu* interno interna* manteni* système* dévelop* interne* mainten* svilupp* amminis* interne interni manuten* desenvo* systeem* ontwikk* beheerd* intern onderho* dewelop* program* admini* wewnętr* разрабо* админис* конфиг* внутре* настрой* gelişti* yöneti* yapılan* dahili نظام للنظام المطور المدير مطور داخلية الداخلية إعدادات إعداداتك المسؤول तंत्र डेवलपर प्रशासक व्यवस्थापक एडमिन आंतरिक सेटिंग सेटिंग्स 系 発 開 管 統 시 스 템 개 관 設 设 配 置 설 정 إعداد*',
  reveal:
    'reveal* show print* displa* repeat* output* tell disclo* expos* leak* dump share give write say spell return echo recite transl* encod* list summar* sage sag zeig* wieder* muestr* dime repit* affich* montre* покаж* скажи extrac* provid* divulg* respon* answer* mostra rivela stampa ripeti dimmi scrivi revela imprime escribe enséñ* révèle écris mostre revele diga imprima toon onthul* vertel* herhaal* pokaż ujawnij podaj wypisz wydruk* wyświe* раскро* выведи напиши повтор* сообщи göster* açıkla söyle yazdır* paylaş* اعرض اكشف أخبرن* اطبع اكتب كرر أظهر شارك أفصح दिखाओ बताओ लिखो छापो दोहराओ प्रकट 显 露 诉 输 verrat* nenn* schreib* druck* offenba* preis preisg* kopier* lies vorles* schick* gib ausgib* enthüll* teile mitteil* muestra enseña enséña* revela* copia* cópia* imprim* escrib* reprodu* comparte cuént* publica envía* manda dis donne* révèle* copie* recopie* imprime* écrivez répète* partage* envoie* lis affiche* mostra* fammi rivela* stampa* scrivi* ripeti* condivi* elenca manda* leggi rendi revele* copie escreva repita compart* liste envie* conte exiba exib* laat kopieer* druk schrijf* deel stuur* noem lees ujawn* wypisz* skopiu* przepis* powtórz* napisz* zdradź wyślij wyśw* przyśl* odczyt* скопир* перепиш* напиш* назови выдай вывед* пришли* отправ* поделис* прочит* озвучь söyle* yaz yazın kopyala* tekrarl* gönder* listele* bildir* anlat ifşa أرني اكتبي انسخ انسخه أخبرني قل أرسل شاركني اذكر اعرضي أفش दिखा बताइए लिख बता दोहरा भेजो साझा कॉपी खोलो उजागर पढ़ो सुनाओ 示 写 说 抄 出 給 给 看 見 書 送 教 보 알 공 출 적 써',
  secret:
    'secret* passwo* passph* passco* confid* contra* creden* geheim* парол* key keys codewo* passwor* segret* tajne ukryty hasło секрет* скрыт* gizli şifre* saklı السرية سرية المخفي गुप्त छिपे छिपा पासवर्ड 密 隐 秘 senha oculto wachtw* versteck* verbor* cachée caché vertrau* passwör* passwort kennwor* schlüss* verstec* verborg* intern* verschw* secreto* secreta* clave contras* confide* oculto* oculta* privad* escondi* secret secrète* secrets caché* cachée* motdepa* clé privé* nascost* riserva* parola chiave privat* chave vertrou* wachtwo* verstop* sleutel tajn* hasł* hasła poufn* ukryt* sekret* klucz тайн* конфиде* ключ пароль gizli* parola* saklı* mahrem anahtar* السر سر سري سرك المرور الخفية المخفية خفية السرى مخفي गोपनीय छिपी छुपे छुपा राज़ कुंजी पासकोड 機 藏 匿 口 비 밀 기 숨 गुप्त* गोपनी*',
  role: 'act pretend* role roles rolepl* play simul* imagin* person* charac* become impers* behav* emulat* spiel* stell actua* agis benimm verhalt* tu spiele rolle vorgeb* figur actúa finge compórt* imagina papel haz persona* simula joue fais comport* imagine rôle simule prétend* fingi immagi* recita ruolo agisci aja finja faça doe gedraag speel rol stel alsof udawaj zachow* graj wyobraź rola rolę odgryw* веди притвор* предста* играй роль притво* вообраз* davran* gibi rolü canland* oyna تصرف تظاهر تخيل العب دور كأنك كأنه व्यवहार अभिनय भूमिका दिखावा जैसे मानो 假 装 演 扮 役 振 舞 행 척 역 hayal varsay* farz suponh* supón supon suppos* supponi figúra* załóż udając wyobra* допуст* предпол* 想 象 像 상',
  now: 'now hencef* onward* jetzt ahora mainte* instead statt* new next neue* nuev* nouve* from nun sofort künftig fortan nunmehr ab adelante momento desde partir désormais maintenant dorénav* adesso ora poi da agora adiante doravan* nu vanaf voortaan teraz odtąd chwili теперь отныне момента сейчас artık bundan itibaren şimdi şu الآن فصاعدا اعتبارا अब अबसे आगे 今 现 起 从 後 이 부 터',
  restriction:
    'restri* limit* filter* censor* moral* ethic* safety safegu* guardr* bounda* bound bias* legal* consequ* norms disclai* warnin* conten* openais límite* limiti limite* filtre* filtro* filtri grenzen ograni* ограни* фильтр* sınırs* قيود حدود सीमा रोक 限 einschr* beschr* sınırla* verbot* schrank* zensur* ethik* tabu* sicherh* hemmung* restric* límites censura* ética filtros prohibi* seguridad limites censure* éthique* morale* filtres interdi* sécurité restriz* etica vietat* sicurez* divieti restriç* proibi* seguran* beperk* censuur moraal* ethiek* filters verbod* veiligh* cenzur* etyk* filtr* zakaz* granic* bezpiec* цензур* этик* морал* запрет* границ* безопас* sınır* kısıt* sansür* ahlak* etik* yasak* güvenli* رقابة قيودك أخلاق الأخلاق حدودك مرشحات محظور ممنوع ممنوعا السلامة ضوابط أخلاقيات सीमाओं नैतिकता प्रतिबंध पाबंदी सेंसर फ़िल्टर मना मनाही बंधन टोक सुरक्षा 制 约 审 查 道 德 禁 滤 検 倫 제 한 검 열 윤 قيود* حدود* حدودي محظور* सीमाएँ रोकटोक मर्यादा 束 界 계 limitaz* limitaç* limitac* begrenz*',
  free: 'unrest* unfilt* uncens* free freed* without unlimi* broken jailbr* dan anythi* unboun* amoral* unmode* libera* uneth* immora* illega* nsfw ungefil* uneing* schrank* grenzen* unzens* ohne frei befreit* hemmung* libre sin ilimit* liberad* sans illimit* libéré* libero senza liberat* livre sem zonder vrij onbepe* ongefil* bez wolny nieogra* niecenz* без свобод* неогран* sınırsı* sansürs* filtres* özgür* olmadan kuralsı* دون بدون بلا حر طليق बिना बेरोक मुक्त आज़ाद 没 無 없 자 유 任',
  comply:
    'obey* comply* must always never refus* follow* adher* strict* regard* shall gehor* confirm* accept* cannot gehorch* befolg* folge musst muss stets niemals tust obedec* obedez* debes siempre nunca cumple* sigue sigas obéis* dois toujours jamais suis respect* exécute* obbedi* devi sempre mai segui* ubbidi* esegui* obede* deve siga cumpra* execute* gehoorz* moet altijd nooit volg słuchaj* posłusz* musisz zawsze nigdy wykonu* wykonaj* повину* слушай* должен всегда никогда выполня* следуй* подчин* itaat uymak uyacak* zorunda* daima asla yerine mutlaka أطع تطيع يجب دائما أبدا نفذ التزم اتبع تتبع मानो मानोगे पालन मानना हमेशा कभी पड़ेगा आज्ञाका* 必 须 服 遵 守 从 従 복 따 순',
  model:
    'ai ki ia assist* chatgp* gpt* openai llm llms chatbot* bot model models claude gemini bing anthro* agent agents langua* asisten* assiste* asistan* asysten* ассисте* помощни* модел* yapay zekâ zeka مساعد المساعد نموذج ذكاء الاصطناعي सहायक एआई मॉडल 助 智 模 調 조 hilfs* künstl* intelig* kunstma* automated reader readers reviewer',
  user: 'user users nutzer* usuari* utilis* benutz* usuário* gebruik* użytkow* пользов* kullanı* المستخدم उपयोगकर्ता 户 用 utente* użytk*',
  question:
    'how what why when which who where can could should does did wie was warum wann wer kann cómo qué comment pourqu* welche* welcher quale quali cosa qual quais quando wat welke hoe jak jaki jakie dlaczego какой какие как почему что hangi nasıl neden ne ما كيف لماذا متى क्या कौन कैसे कब क्यों',
  execute:
    'execut* run call invok* send* sent forwar* transf* email* upload* downlo* post fetch* curl delete* exfil* visit click open api http https www schick* sende* führe ausführ* envía* ejecut* exécut* envoie* esegui* invia* envie voer stuur* wykonaj wyślij выполн* отправ* çalıştı* gönder نفذ أرسل चलाओ भेजो 执 发 行 送 실 보 paste transmit embed append insert escalate approve commit push install',
  urgent:
    'import* urgent* attent* immedi* critic* wichti* note notice emerge* warning achtung dringen* atenció* atençã* attenti* urgente aandach* uwaga pilne вниман* срочно dikkat acil önemli تنبيه عاجل ध्यान सावधान 注 意 紧 重 주 belangr* ważne важно hinweis wichtig',
  mode: 'mode modes enable* activa* disabl* unlock* switch* toggle* modus modo moduna tryb* режим* وضع मोड 模 式 모 aktiv* activ* attiva włącz* включ* 开 启',
  harm: 'evil harmfu* danger* hack* malici* bomb* weapon* drug* virus* malwar* kill* steal* attack* exploi* phish* racist* offens* hate böse schädli* gefährl* malicio* malveil* malvag* malign* kwaada* szkodli* вредон* опасн* kötü zararlı شرير ضار हानिकारक बुरा 恶 害 毒 爆',
  verbatim:
    'verbat* exactl* word words letter* everyt* full fully entire* whole all complet* wörtli* exact wörtl* wortwör* vollstä* buchsta* palabra* íntegr* intégra* parola parole intero* palavra* íntegra complee* woord letterl* volled* słowo całość całą pełn* дослов* полност* целиком слово kelime* tamamı* aynen harfi* حرفيا كاملة بالكامل بكلمة शब्दशः पूरा हूबहू शब्द 逐 完 全 整 原 字 句 글 그 전 alle tout tutto todo tudo wszyst* всё все tüm bütün كل جميع सब सभी すべて',
  text: 'text texts conver* chat senten* paragr* line lines docume* articl* passag* email* websit* page code functi* file files nachric* mensaje* message* messagg* mensage* bericht* wiadomo* сообщен* mesaj* رسالة संदेश 消 息 文 글 eintrag* prompt* промпт* istem* موجه प्रॉम्प्ट',
  self: 'you your yours yourself du dein* deine* dir ihr ihre tu tus vous votre su sus usted ты твои tuo tua tue tuoi seu sua seus suas je jouw swoje twoje свои тебе тебя senin sana अपने तुम 你 deinen dich deiner tuya te ti tes toi ton vos suoi você vosso jou twój twoja twoich твой твоя твоего kendi أنت لك تك तुम्हारा तुम्हारे तुम्हारी आप आपके あなた 您 너 네 당',
  speaker:
    'i me my mine ich mir mein* yo mi je moi mon mich meine* mío mis mes moja moje moich мои мне меня bana benim لي أوامري मुझे मेरे मेरी मेरा 我 私 나 내',
} as const

export type Concept = keyof typeof words

/** In the order of their numbers, which begin at 1. */
export const concepts = Object.keys(words) as Concept[]

/** Lengths that the stems of words may have. */
export const stemLengths = { least: 4, most: 7 } as const

const size = 8192
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
