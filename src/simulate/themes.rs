//! What people talk about: the themes of the simulated world, in its languages.

/// X's codes of the languages spoken here, in the order of every table of this room.
pub const LANGUAGES: [&str; 10] = ["en", "ar", "ja", "tr", "pt", "es", "hi", "th", "zh", "ko"];

/// Of 45 Spaces, how many are held in each language.
pub const LANGUAGE_SHARES: [u64; 10] = [16, 9, 5, 4, 3, 2, 2, 2, 1, 1];

/// A theme: words by which search finds it, X's topic, and its name in each language.
#[derive(Debug)]
pub struct Theme {
    /// Lower-case English words; a Space on this theme matches them in any language.
    pub words: &'static str,
    /// X's id of the topic.
    pub topic_id: &'static str,
    /// X's label of the topic.
    pub topic: &'static str,
    /// The theme as people write it, in the order of [`LANGUAGES`].
    pub labels: [&'static str; 10],
}

const fn theme(
    topic_id: &'static str,
    topic: &'static str,
    words: &'static str,
    labels: [&'static str; 10],
) -> Theme {
    Theme { words, topic_id, topic, labels }
}

/// Every theme.
#[rustfmt::skip]
pub const THEMES: [Theme; 16] = [
    theme("131272609", "Music", "music song songs artist album listening",
        ["music", "موسيقى", "音楽", "müzik", "música", "música", "संगीत", "ดนตรี", "音乐", "음악"]),
    theme("847895172357959680", "Technology", "technology tech software developers startup",
        ["tech", "التقنية", "テクノロジー", "teknoloji", "tecnologia", "tecnología", "तकनीक", "เทคโนโลยี", "科技", "기술"]),
    theme("781974596148793345", "Crypto & Blockchain", "crypto bitcoin btc ethereum blockchain web3 nft",
        ["crypto", "العملات الرقمية", "仮想通貨", "kripto", "cripto", "criptomonedas", "क्रिप्टो", "คริปโต", "加密货币", "코인"]),
    theme("839123456789012345", "Politics", "politics election government vote policy regulation",
        ["politics", "السياسة", "政治", "siyaset", "política", "política", "राजनीति", "การเมือง", "政治", "정치"]),
    theme("913534554358464512", "Sports", "sports football match league cup goal",
        ["football", "كرة القدم", "サッカー", "futbol", "futebol", "fútbol", "क्रिकेट", "ฟุตบอล", "足球", "축구"]),
    theme("848920587458609152", "Science", "science space research physics biology",
        ["science", "العلوم", "科学", "bilim", "ciência", "ciencia", "विज्ञान", "วิทยาศาสตร์", "科学", "과학"]),
    theme("745273178788196352", "News", "news breaking headlines journalism media",
        ["the news", "الأخبار", "ニュース", "haberler", "notícias", "noticias", "समाचार", "ข่าว", "新闻", "뉴스"]),
    theme("683762048983572480", "Entertainment", "entertainment film films movie series celebrity",
        ["films", "الأفلام", "映画", "sinema", "cinema", "cine", "फ़िल्में", "ภาพยนตร์", "电影", "영화"]),
    theme("10058", "Finance", "finance markets stocks investing economy money",
        ["markets", "الأسواق", "株式投資", "borsa", "bolsa de valores", "mercados", "शेयर बाज़ार", "หุ้น", "股市", "주식"]),
    theme("1237760897152471041", "Climate", "climate environment energy warming carbon weather",
        ["climate", "المناخ", "気候変動", "iklim", "clima", "clima", "जलवायु", "สภาพอากาศ", "气候", "기후"]),
    theme("852262932607926273", "Artificial intelligence", "ai regulation artificial intelligence models robots",
        ["AI", "الذكاء الاصطناعي", "人工知能", "yapay zeka", "inteligência artificial", "inteligencia artificial", "कृत्रिम बुद्धिमत्ता", "ปัญญาประดิษฐ์", "人工智能", "인공지능"]),
    theme("847527650667094017", "Gaming", "gaming games game esports stream",
        ["gaming", "الألعاب", "ゲーム", "oyun", "jogos", "videojuegos", "गेमिंग", "เกม", "游戏", "게임"]),
    theme("847544972781826048", "Careers", "careers jobs work business hiring",
        ["careers", "الوظائف", "転職", "kariyer", "carreira", "empleo", "करियर", "งาน", "职场", "취업"]),
    theme("847868745150119936", "Family & relationships", "family relationships love dating parents",
        ["relationships", "العلاقات", "恋愛", "ilişkiler", "relacionamentos", "relaciones", "रिश्ते", "ความรัก", "恋爱", "연애"]),
    theme("1280550787207147521", "Arts & culture", "art arts culture books poetry history",
        ["books", "الشعر", "本", "kitap", "livros", "libros", "किताबें", "หนังสือ", "读书", "책"]),
    theme("840159122012102656", "Health", "health fitness medicine mental wellness",
        ["health", "الصحة", "健康", "sağlık", "saúde", "salud", "स्वास्थ्य", "สุขภาพ", "健康", "건강"]),
];
