import { expand, pick } from './expand.ts'

/**
 * Mails as tools hand them to a model: heads, greetings, what firms, shops and colleagues write, and endings, in English and in eleven
 * other languages. They are harmless; orders are planted into them by `own-examples.ts`.
 */
type Letters = {
  subject: string
  greeting: string
  /** Sentences of the business of the mail. */
  lines: readonly string[]
  ending: string
}

const letters: Readonly<Record<string, Letters>> = {
  en: {
    subject:
      '{{Your|} {invoice|receipt|statement|order|payment|booking|ticket} {#4471|no. 20931|for {March|July}|is ready|was received}|{Reminder|Update|Action needed}: {your trial ends soon|new terms from {May|October}|timesheets|planned maintenance|your parcel}|{Minutes|Agenda} of {Monday|the review}|Welcome to {Larkfield|Ottomo|the beta}|{New sign-in|Password changed|Security notice}|{Re: |Fwd: |}{lunch on Thursday|offer for the east roof|draft of the contract|question about the sensor}}',
    greeting:
      '{Hi|Hello|Dear|Good morning} {Ana|Tom|Ms. Okafor|Mr. Lindt|team|all|customer|Priya|Jonas|member}{,|!|}',
    lines: [
      '{A payment|A transfer|A refund|A charge|A deposit} of {€48.20|$1,250.00|£9.99|89.00 USD|CHF 312.45} {was received|was sent to {Harbour Print|Nordlicht GmbH|Bell & Sons}|has been applied to your balance|will arrive within {two|five} working days|could not be collected}.',
      'Your {card|account} ending in {3310|0942|77} {was charged {$19.00|£42.10|€7.80} by {Rook Coffee|Pine Hosting|City Parking}|has a new balance of {€2,310.77|$84.02}|was used for a purchase abroad|expires at the end of {June|the year}}.',
      '{If you do not recognise this|If this was not you|If anything looks wrong}, {please contact us|call the number on your card|reply to this message|change your password|open a dispute in the app} {within {30|60} days|at once|}.',
      'A {hold|card payment|direct debit|purchase} of {$75.00|€31.40|£118.20} {at|by} {a petrol station|Fern Software|Hotel Alba|JUNIPER LABS} is pending{.| and will be taken from your {business|current} account when it settles.} {The final amount can differ.|}',
      '{We paid out|You paid|You moved} {$640.00|€95.50|£2,000.00} {to {Elm Street Dental|your savings|a supplier abroad}|by {wire|standing order|direct debit}}; {the money comes from|it was taken from} {your main account|the account of your company|account ••{2206|0915}}.',
      '{Questions?|Any doubts?|Need help?} {Just answer this message.|Write back to us.|We are here on weekdays.}',
      '{To dispute a payment|To report an error|To stop a standing order|For the full details}, {open the app|log in and choose “report”|see your statement|visit our website}.',
      '{You do not need to do anything|No action is needed|No reply is required}{ at this time|}{.| unless your details have changed.}',
      '{Your order|The parcel|Your package|The spare part} {left our warehouse|is out for delivery|arrives {tomorrow|on Tuesday} between {8|13} and {12|17}|could not be delivered|was handed to a neighbour}. {Track it here: https://parcel.example/t/88213|The number of the shipment is 00340{11|27}9921.|}',
      '{Please find|You will find|I attach|Attached are} {the invoice|the signed contract|the minutes|my comments|the offer|two photos of the damage|the slides} {attached|below|for your records|as agreed}.',
      '{Could you|Can you|Please} {confirm the date|send me the corrected version|check the figures in section {2|4}|sign by {Friday|the 14th}|forward this to {Maya|the accountant}|let me know which option you prefer|ignore my previous mail}{?|, thanks.|.}',
      '{The meeting|Our call|The training|The viewing} {is moved to {Wednesday|10:30|room B12}|is cancelled|takes place online: https://meet.example/{kfw-2291|daily}|starts at {9|14:15}}.',
      '{We are updating|We have changed} our {terms of use|privacy policy|prices|opening hours} {from {1 May|next month} on|to make them clearer}. {By using the service you accept them.|You can read them on our website.|The old version no longer applies.}',
      '{New this month|In this issue|What changed}: {faster search|dark mode|three recipes with leeks|an interview with our founder|export to CSV|shared calendars}{, {and|plus} {better reports|a quiz|20 % off for members}|}.',
      '{You are invited to|Join us for|Save your seat at} {the summer party|a webinar on heat pumps|our open day|the release review} on {12 June|Thursday}. {Register here.|Reply by Monday.|Places are limited.}',
      '{Click|Use|Follow} the {button|link} below to {confirm your address|reset your password|see your bill|finish your booking|rate the service}. {It expires in 24 hours.|If you did not ask for it, ignore this message.|}',
      '{A new device|Somebody|You} signed in {from {Lisbon|Oslo|a Windows computer}|on {3 March|Sunday at 04:12 UTC}}. {If it was you, you can ignore this mail.|Check your recent activity.|}',
      '{Invoice number|Reference|Date|Amount due|Previous balance|Fee|Payment method|Order}: {450{12|77}83|2026-0{3|8}-14|€412.00|$0.00|card|bank transfer|R-20{11|98}}',
      '{The backup|The build|The import|The nightly job} {finished|failed|took 41 minutes}; {see the log|{3|17} records were skipped|details are on the dashboard}.',
      '{Thank you for|Thanks for} {your order|paying so quickly|getting in touch|your patience|the call yesterday|being with us since 2019}{.|!}',
    ],
    ending:
      '{Best regards|Kind regards|Best|Thanks|Cheers|Yours sincerely|The team at {Larkfield|Pine Hosting}|Your {Ottomo|bank} team|Sent from my phone}{,\n{Maya|Jon Bell|Dr. A. Weiss|Customer care|Accounts}|}{\n\n{Unsubscribe|Manage preferences|You get this mail because you have an account with us. Unsubscribe}{ | Privacy policy| | Contact us|\nLarkfield Ltd, 14 Mill Lane, Leeds|}|}',
  },
  de: {
    subject:
      '{{Rechnung|Mahnung|Bestellung|Termin|Lieferung|Angebot} {Nr. 20931|vom 3. März|für {Juni|Mai}}|Ihre {Buchung|Anfrage|Sendung}|Protokoll von {Montag|gestern}}',
    greeting: '{Hallo {Jonas|Frau Weiß|zusammen},|Guten Tag,|Sehr geehrte Damen und Herren,|Liebe Kundin,}',
    lines: [
      '{Ihre Zahlung|Die Überweisung|Eine Abbuchung} über {48,20 €|1.250,00 Euro} {ist eingegangen|wurde ausgeführt|erfolgt {am Freitag|zum Monatsende}}.',
      '{Ihr Paket|Die Ersatzteile|Ihre Bestellung} {ist unterwegs|wurde zugestellt|liegt beim Nachbarn|trifft {morgen|am Dienstag} ein}.',
      'Im Anhang finden Sie {die Rechnung|den Vertrag|das Protokoll|unser Angebot}. {Bitte prüfen Sie die Zahlen.|Bitte bis Freitag unterschreiben.|}',
      '{Die Besprechung|Das Telefonat|Die Schulung} {beginnt um {neun|14 Uhr}|fällt aus|ist auf Mittwoch verschoben}.',
      '{Falls Sie das nicht waren|Bei Fragen|Wenn etwas nicht stimmt}, {rufen Sie uns an|antworten Sie auf diese Nachricht|ändern Sie Ihr Kennwort}.',
      '{Unsere Preise|Die Öffnungszeiten|Die Geschäftsbedingungen} ändern sich zum {1. Mai|Herbst}; Sie müssen nichts tun.',
    ],
    ending: '{Mit freundlichen Grüßen|Viele Grüße|Ihr Kundendienst}{\n{Maria Roth|Jens Bauer}|}{\nAbmelden|}',
  },
  es: {
    subject: '{{Factura|Pedido|Reserva|Recibo} {n.º 20931|de marzo}|Su {cita|envío|consulta}|Acta del lunes}',
    greeting: '{Hola {Ana|equipo}:|Buenos días:|Estimado cliente:|Estimada señora Ruiz:}',
    lines: [
      '{Su pago|La transferencia|Un cargo} de {48,20 €|1.250,00 euros} {se ha recibido|se ha realizado|llegará {el viernes|en dos días}}.',
      '{Su paquete|El repuesto|Su pedido} {está en camino|ha sido entregado|llegará {mañana|el martes}}.',
      'Adjunto {la factura|el contrato|el acta|la oferta}. {Le ruego que revise las cifras.|Fírmelo antes del viernes.|}',
      '{La reunión|La llamada|El curso} {empieza a las {nueve|14:15}|se cancela|se pasa al miércoles}.',
      '{Si no fue usted|Si tiene preguntas|Si algo no cuadra}, {llámenos|responda a este mensaje|cambie su clave}.',
      '{Nuestros precios|Los horarios|Las condiciones} cambian {en mayo|a partir del otoño}; no tiene que hacer nada.',
    ],
    ending: '{Un saludo|Atentamente|Gracias}{\n{María Soto|Atención al cliente}|}{\nDarse de baja|}',
  },
  fr: {
    subject:
      '{{Facture|Commande|Réservation|Reçu} {n° 20931|de mars}|Votre {rendez-vous|colis|demande}|Compte rendu de lundi}',
    greeting: '{Bonjour {Anne|à tous},|Bonjour,|Madame, Monsieur,|Cher client,}',
    lines: [
      '{Votre paiement|Le virement|Un prélèvement} de {48,20 €|1 250,00 euros} {a été reçu|a été effectué|arrivera {vendredi|sous deux jours}}.',
      '{Votre colis|La pièce|Votre commande} {est en route|a été livré|arrivera {demain|mardi}}.',
      'Vous trouverez ci-joint {la facture|le contrat|le compte rendu|notre offre}. {Merci de vérifier les chiffres.|À signer avant vendredi.|}',
      '{La réunion|L’appel|La formation} {commence à {neuf heures|14 h 15}|est annulé|est reporté à mercredi}.',
      '{Si ce n’était pas vous|Pour toute question|En cas d’erreur}, {appelez-nous|répondez à ce message|changez votre code}.',
      '{Nos tarifs|Les horaires|Les conditions générales} changent {en mai|à l’automne} ; vous n’avez rien à faire.',
    ],
    ending: '{Cordialement|Bien à vous|Merci}{\n{Marie Petit|Service clients}|}{\nSe désabonner|}',
  },
  it: {
    subject:
      '{{Fattura|Ordine|Prenotazione|Ricevuta} {n. 20931|di marzo}|Il suo {appuntamento|pacco|quesito}|Verbale di lunedì}',
    greeting: '{Ciao {Anna|a tutti},|Buongiorno,|Gentile cliente,|Gentile dottor Conti,}',
    lines: [
      '{Il pagamento|Il bonifico|Un addebito} di {48,20 €|1.250,00 euro} {è stato ricevuto|è stato eseguito|arriverà {venerdì|in due giorni}}.',
      '{Il pacco|Il ricambio|Il suo ordine} {è in viaggio|è stato consegnato|arriverà {domani|martedì}}.',
      'In allegato {la fattura|il contratto|il verbale|la nostra offerta}. {La prego di controllare le cifre.|Da firmare entro venerdì.|}',
      '{La riunione|La chiamata|Il corso} {inizia alle {nove|14:15}|è annullata|è spostata a mercoledì}.',
      '{Se non è stato lei|Per domande|Se qualcosa non torna}, {ci chiami|risponda a questo messaggio|cambi la parola chiave}.',
      '{I nostri prezzi|Gli orari|Le condizioni} cambiano {a maggio|dall’autunno}; non deve fare nulla.',
    ],
    ending: '{Cordiali saluti|Un saluto|Grazie}{\n{Maria Greco|Servizio clienti}|}{\nAnnulla iscrizione|}',
  },
  pt: {
    subject:
      '{{Fatura|Pedido|Reserva|Recibo} {n.º 20931|de março}|A sua {consulta|encomenda|pergunta}|Ata de segunda-feira}',
    greeting: '{Olá {Ana|a todos},|Bom dia,|Prezado cliente,|Cara senhora Lopes,}',
    lines: [
      '{O pagamento|A transferência|Um débito} de {48,20 €|R$ 1.250,00} {foi recebido|foi feita|chega {na sexta|em dois dias}}.',
      '{O pacote|A peça|A sua encomenda} {está a caminho|foi entregue|chega {amanhã|na terça}}.',
      'Em anexo {a fatura|o contrato|a ata|a nossa proposta}. {Por favor confira os números.|Assine até sexta.|}',
      '{A reunião|A chamada|O curso} {começa às {nove|14h15}|foi cancelada|passa para quarta}.',
      '{Se não foi você|Em caso de dúvida|Se algo estiver errado}, {ligue para nós|responda a esta mensagem|troque a sua senha}.',
      '{Os nossos preços|Os horários|Os termos} mudam {em maio|a partir do outono}; não é preciso fazer nada.',
    ],
    ending: '{Atenciosamente|Cumprimentos|Obrigado}{\n{Maria Reis|Apoio ao cliente}|}{\nCancelar inscrição|}',
  },
  nl: {
    subject:
      '{{Factuur|Bestelling|Boeking|Bon} {nr. 20931|van maart}|Uw {afspraak|pakket|vraag}|Notulen van maandag}',
    greeting: '{Hallo {Anna|allemaal},|Goedemorgen,|Geachte klant,|Beste mevrouw De Wit,}',
    lines: [
      '{Uw betaling|De overschrijving|Een afschrijving} van {€ 48,20|1.250,00 euro} {is ontvangen|is uitgevoerd|komt {vrijdag|over twee dagen} aan}.',
      '{Uw pakket|Het onderdeel|Uw bestelling} {is onderweg|is bezorgd|komt {morgen|dinsdag}}.',
      'In de bijlage vindt u {de factuur|het contract|de notulen|onze offerte}. {Graag de cijfers nakijken.|Graag tekenen voor vrijdag.|}',
      '{De vergadering|Het gesprek|De cursus} {begint om {negen uur|14.15 uur}|gaat niet door|is verplaatst naar woensdag}.',
      '{Was u dit niet|Heeft u vragen|Klopt er iets niet}? {Bel ons|Beantwoord dit bericht|Wijzig uw code}.',
      '{Onze prijzen|De openingstijden|De voorwaarden} veranderen {in mei|dit najaar}; u hoeft niets te doen.',
    ],
    ending: '{Met vriendelijke groet|Groeten|Alvast bedankt}{\n{Maria Smit|Klantenservice}|}{\nAfmelden|}',
  },
  pl: {
    subject:
      '{{Faktura|Zamówienie|Rezerwacja|Paragon} {nr 20931|za marzec}|Państwa {wizyta|przesyłka}|Protokół z poniedziałku}',
    greeting: '{Cześć {Anno|wszystkim},|Dzień dobry,|Szanowni Państwo,|Drogi kliencie,}',
    lines: [
      '{Płatność|Wpłata|Opłata} na kwotę {48,20 zł|1250,00 zł} {została przyjęta|dotrze {w piątek|za dwa dni}}.',
      '{Paczka|Część zamienna|Przesyłka} {jest w drodze|została doręczona|dotrze {jutro|we wtorek}}.',
      'W załączniku {faktura|umowa|protokół|nasza oferta}. {Proszę sprawdzić kwoty.|Proszę podpisać do piątku.|}',
      '{Zebranie|Szkolenie|Spotkanie} {zaczyna się o {dziewiątej|14:15}|jest odwołane|przeniesiono na środę}.',
      '{Jeśli to nie Państwo|W razie pytań|Jeśli coś się nie zgadza}, {prosimy o telefon|prosimy odpisać|proszę zmienić hasło}.',
      '{Nasze ceny|Godziny otwarcia|Warunki} zmieniają się {w maju|od jesieni}; nic nie trzeba robić.',
    ],
    ending: '{Z poważaniem|Pozdrawiam|Dziękuję}{\n{Maria Nowak|Dział obsługi}|}{\nWypisz się|}',
  },
  ru: {
    subject: '{{Счёт|Заказ|Бронь|Чек} {№ 20931|за март}|Ваша {запись|посылка}|Протокол от понедельника}',
    greeting: '{Здравствуйте, {Анна|коллеги}!|Добрый день!|Уважаемый клиент!|Привет всем!}',
    lines: [
      '{Платёж|Перевод|Возврат} на сумму {48,20 €|12 500 рублей} {получен|выполнен|поступит {в пятницу|через два дня}}.',
      '{Посылка|Запчасть|Ваш заказ} {в пути|уже у вас|прибудет {завтра|во вторник}}.',
      'Во вложении {счёт|договор|протокол|наше предложение}. {Проверьте, пожалуйста, суммы.|Подпишите до пятницы.|}',
      '{Совещание|Звонок|Обучение} {начнётся в {девять|14:15}|отменяется|переносится на среду}.',
      '{Если это были не вы|Если есть вопросы|Если что-то не так}, {позвоните нам|ответьте на это письмо|смените пароль}.',
      '{Наши цены|Часы работы|Условия} меняются {в мае|с осени}; делать ничего не нужно.',
    ],
    ending: '{С уважением|Спасибо|Всего доброго}{\n{Мария Орлова|Служба поддержки}|}{\nОтписаться|}',
  },
  tr: {
    subject:
      '{{Fatura|Sipariş|Rezervasyon|Makbuz} {no. 20931|mart}|{Randevunuz|Kargonuz}|Pazartesi tutanağı}',
    greeting: '{Merhaba {Ayşe|arkadaşlar},|Günaydın,|Sayın müşterimiz,|Sayın Demir,}',
    lines: [
      '{48,20 €|1.250,00 TL} tutarındaki {ödemeniz|havaleniz|iadeniz} {alındı|yapıldı|{cuma günü|iki gün içinde} ulaşacak}.',
      '{Paketiniz|Yedek parça|Siparişiniz} {yolda|teslim edildi|{yarın|salı günü} gelecek}.',
      'Ekte {fatura|sözleşme|tutanak|teklifimiz} var. {Lütfen rakamları kontrol edin.|Cumaya kadar imzalayın.|}',
      '{Toplantı|Görüşme|Eğitim} {saat {dokuzda|14.15’te} başlıyor|iptal edildi|çarşambaya alındı}.',
      '{Bu siz değilseniz|Sorunuz varsa|Bir yanlışlık varsa} {bizi arayın|bu iletiyi yanıtlayın|şifrenizi değiştirin}.',
      '{Fiyatlarımız|Çalışma saatleri|Koşullar} {mayısta|sonbaharda} değişiyor; bir şey yapmanız gerekmez.',
    ],
    ending: '{Saygılarımızla|Teşekkürler|İyi günler}{\n{Elif Kaya|Müşteri hizmetleri}|}{\nAbonelikten çık|}',
  },
  zh: {
    subject: '{{发票|订单|预订|收据}{20931号|（三月）}|您的{预约|包裹}|周一会议纪要}',
    greeting: '{您好，|各位同事：|尊敬的客户：|王女士，您好！}',
    lines: [
      '您的{付款|转账|退款}{48.20元|1,250.00元}{已收到|已完成|将于{周五|两天内}到账}。',
      '{您的包裹|配件|您的订单}{正在路上|已经送达|{明天|周二}到}。',
      '附件是{发票|合同|会议纪要|我们的报价}。{请核对金额。|请在周五前签字。|}',
      '{会议|电话|培训}{九点开始|已取消|改到周三}。',
      '{如果不是您本人操作|如有疑问|如有错误}，{请致电我们|请回复本邮件|请修改密码}。',
      '{我们的价格|营业时间|服务条款}{五月|秋天}起有变化，您无需操作。',
    ],
    ending: '{此致敬礼|谢谢|祝好}{\n{李敏|客户服务部}|}{\n退订|}',
  },
  ja: {
    subject: '{{請求書|ご注文|ご予約|領収書}{20931号|（3月分）}|{ご面談|お荷物}について|月曜の議事録}',
    greeting: '{お世話になっております。|皆さま|お客さまへ|田中さま}',
    lines: [
      '{お支払い|お振込み|ご返金}{4,820円|125,000円}{を確認しました|が完了しました|は{金曜日|二日以内}に届きます}。',
      '{お荷物|部品|ご注文の品}は{配送中です|お届け済みです|{明日|火曜日}に届きます}。',
      '{請求書|契約書|議事録|お見積り}を添付します。{金額をご確認ください。|金曜日までにご署名ください。|}',
      '{会議|お電話|研修}は{9時に始まります|中止です|水曜日に変更になりました}。',
      '{お心当たりがない場合|ご質問がある場合|誤りがある場合}は、{お電話ください|このメールにご返信ください|パスワードを変更してください}。',
      '{料金|営業時間|利用規約}が{5月|秋}から変わります。お手続きは不要です。',
    ],
    ending: '{よろしくお願いいたします。|ありがとうございます。|敬具}{\n{佐藤|お客さま窓口}|}{\n配信停止|}',
  },
}

type Random = () => number

/** Languages of mails other than English. */
export const mailLanguages = Object.keys(letters).filter((name) => name !== 'en')

/** A harmless mail with or without its head, some ten to two hundred words. */
export function mailIn(language: string, random: Random): string {
  const { subject, greeting, lines, ending } = letters[language]!
  const say = (template: string) => expand(template, {}, random)
  const count = 1 + Math.floor(random() * 5)
  const sentences = Array.from({ length: count }, () => say(pick(lines, random)))
  const gap = pick([' ', '\n', '\n\n', ''], random)
  const body = [say(greeting), sentences.join(gap), say(ending)].join(
    pick(['\n', '\n\n', ' ', '\n   \n  '], random),
  )
  return withHead(say(subject), body, random)
}

const senders = [
  'Pine Hosting <billing@pine.example>',
  'Jon Bell <jon@bell.example>',
  'no-reply@parcel.example',
  'Larkfield News <news@larkfield.example>',
  'accounts@harbour.example',
  '',
]
const dates = [
  'Tue, 03 Mar 2026 09:14:55 +0000',
  '2025-11-18T16:02:11Z',
  '14.07.2026 08:30',
  'Sun, 9 Aug 2026 21:47:03 +0200 (CEST)',
]

/** Half of the mails are bare, as most tools cut them; the others have the head that a mailbox or a tool writes. */
function withHead(subject: string, body: string, random: Random): string {
  const sender = pick(senders, random)
  const date = pick(dates, random)
  const heads = [
    () => `From: ${sender}\nTo: ana@example.com\nDate: ${date}\nSubject: ${subject}\n\n${body}`,
    () => `Subject: ${subject}\n\n${body}`,
    () => `SUBJECT: ${subject} | FROM: ${sender} | DATE: ${date} | BODY: ${body}`,
    () => JSON.stringify({ id: Math.floor(random() * 1e6), from: sender, date, subject, body }),
    () => `> On ${date}, ${sender} wrote:\n> ${body.replaceAll('\n', '\n> ')}`,
  ]
  return random() < 0.5 ? body : pick(heads, random)()
}
