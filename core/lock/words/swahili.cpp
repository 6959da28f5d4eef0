// 512 words for passphrases in Swahili.

#include "lock/words/words.hpp"

namespace setu::lock::words {
namespace {

// clang-format off
constexpr std::string_view kWords[] = {
    "abiria", "afisa", "afya", "ahadi", "ajabu", "ajira", "akiba", "akili", "alama", "amani",
    "anza", "asali", "asante", "badala", "badili", "bahari", "baisi", "bajeti", "baki", "bakuli",
    "balozi", "bamia", "bango", "barafu", "baraka", "baridi", "barua", "bawa", "bega", "benki",
    "betri", "bibi", "bidhaa", "bidii", "birika", "bomba", "bonde", "boriti", "bosi", "buluu",
    "bunge", "bure", "busara", "bwana", "chachu", "chafya", "chama", "chambo", "changa", "chanuo",
    "cheche", "cheko", "cheti", "cheza", "chini", "chozi", "chui", "chumba", "chumvi", "chungu",
    "chura", "dadisi", "dafu", "dagaa", "daima", "dalili", "daraja", "dari", "dawati", "deni",
    "dira", "dola", "duara", "duka", "dume", "duru", "elfu", "elimu", "enea", "enzi", "epesi",
    "fagia", "faida", "faili", "fanya", "farasi", "fedha", "fika", "fikiri", "fimbo", "foleni",
    "fomu", "friji", "fuata", "fukwe", "fulana", "fungu", "funika", "funza", "furaha", "gauni",
    "gazeti", "geuka", "giza", "gofu", "gombo", "gundi", "gunia", "hadhi", "hakika", "hali",
    "halisi", "harufu", "hatua", "hekima", "herufi", "hesabu", "hewa", "hisia", "hodari", "homa",
    "huduma", "huzuni", "ijumaa", "ikulu", "imara", "ingia", "ishara", "ishi", "jaji", "jaketi",
    "jalada", "jamaa", "jambo", "jamii", "jangwa", "jaribu", "jasho", "jaza", "jembe", "jengo",
    "jibini", "jibu", "jicho", "jino", "jioni", "jirani", "jiwe", "joho", "joka", "juhudi", "juisi",
    "jukwaa", "jumla", "kabati", "kadi", "kahawa", "kamera", "kamusi", "kanuni", "kanzu", "kapu",
    "karamu", "karata", "kasha", "kasuku", "kata", "katani", "katiba", "kauli", "kelele", "kesho",
    "keti", "kiatu", "kiazi", "kibao", "kibeti", "kiboko", "kibuyu", "kichwa", "kidato", "kidogo",
    "kidole", "kifaru", "kifua", "kigae", "kigoda", "kijani", "kiji", "kijiji", "kijiko", "kikoi",
    "kila", "kimya", "kioo", "kipaji", "kipimo", "kisasa", "kisima", "kisu", "kitabu", "kituo",
    "kiuno", "kivuko", "kivuli", "kiwavi", "kizibo", "kobe", "kofia", "koleo", "kona", "kondoo",
    "koroma", "kubwa", "kucha", "kuku", "kumbi", "kuni", "kupe", "kusini", "kwale", "kwaya",
    "kweli", "laini", "lala", "lami", "leseni", "leta", "likizo", "limao", "linda", "lipa", "lugha",
    "lulu", "maalum", "maana", "mada", "makala", "makao", "malia", "mamba", "mapafu", "mapema",
    "masika", "matata", "maziwa", "mbali", "mbegu", "mbele", "mbio", "mboga", "mbuni", "mbuyu",
    "mchana", "mchele", "mchezo", "mchuzi", "mdomo", "mdudu", "meli", "meno", "meza", "mfalme",
    "mfano", "mfuko", "mgeni", "mguu", "mhunzi", "milele", "mitaa", "mizani", "mjomba", "mjusi",
    "mkanda", "mkate", "mkeka", "mkia", "mkoba", "mkonge", "mkono", "mkufu", "mkuki", "mlango",
    "mlima", "mlinzi", "mnara", "mnazi", "moshi", "moyo", "mpira", "mpunga", "mraba", "mradi",
    "msaani", "mshale", "mshipa", "msimu", "msingi", "msuli", "mtama", "mtego", "mtoto", "muhogo",
    "muziki", "mvua", "mvuke", "mvuvi", "mwaka", "mwanga", "mwembe", "mwezi", "mwiko", "mwili",
    "mwisho", "mzigo", "mzizi", "nafaka", "nafsi", "nanasi", "nane", "nchi", "ndege", "ndevu",
    "ndimu", "ndiyo", "ndizi", "ndogo", "ndugu", "nembo", "nepi", "ngano", "ngazi", "ngome",
    "nguvu", "nguzo", "njema", "njiwa", "njozi", "noti", "nukta", "nusu", "nyama", "nyanya",
    "nyati", "nyayo", "nyota", "nyundo", "nyuzi", "nzige", "nzuri", "ofisi", "ogelea", "okoa",
    "ombi", "onja", "orodha", "paja", "pakua", "pale", "panga", "papai", "pazia", "pendo", "picha",
    "pilau", "pima", "pipi", "pokea", "popo", "pori", "posta", "povu", "pumua", "punda", "punje",
    "pwani", "radio", "rafiki", "raha", "randa", "rangi", "rejea", "ripoti", "risiti", "ruba",
    "rudi", "sababu", "sabini", "safari", "safi", "safina", "sahani", "sahau", "sahihi", "sakafu",
    "salamu", "samaki", "samli", "sanaa", "sasa", "sauti", "sehemu", "senti", "shaba", "shati",
    "shauri", "shela", "sheria", "shina", "shingo", "shoka", "shujaa", "shule", "sifuri", "sikio",
    "simama", "simba", "sinema", "sinia", "sita", "sitini", "skuli", "soda", "somo", "soseji",
    "spika", "stempu", "sukari", "sukuma", "sumaku", "supu", "sura", "taabu", "tabia", "tafuta",
    "tajiri", "taka", "tambi", "tambua", "tano", "tanuri", "tatu", "tawi", "tayari", "teksi",
    "tembea", "tende", "tenga", "tenisi", "tete", "teua", "tija", "tikiti", "timu", "tofaa",
    "tofali", "tope", "tosha", "trekta", "treni", "tufaha", "tumbo", "tumia", "twiga", "ubao",
    "ubavu", "ubora", "uchumi", "udongo", "ufagio", "ufundi", "ugali", "uhuru", "ujuzi", "ukoo",
    "ukuta", "ulimi", "umeme", "umoja", "umri", "unga", "upana", "upepo", "upinde", "upya", "usiku",
    "utamu", "uteo", "uwanja", "uwezo", "uyoga", "uzito", "vikapu", "viti", "vizuri", "wakati",
    "wavu", "wazi", "wema", "wiki", "wingu", "yote", "yoyote", "zabibu", "zaidi", "zamu", "zana",
    "zawadi", "ziara", "ziwa", "zulia", "zumari",
};
// clang-format on

}  // namespace

constinit const List kSwahili = kWords;

}  // namespace setu::lock::words
