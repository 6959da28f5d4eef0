// 512 words for passphrases in Vietnamese, syllables without their marks, as people type them in
// a hurry; with marks they count the same.

#include "lock/words/words.hpp"

namespace setu::lock::words {
namespace {

// clang-format off
constexpr std::string_view kWords[] = {
    "bac", "bai", "bang", "banh", "bao", "bau", "bech", "biec", "bien", "binh", "bong", "cach",
    "cai", "canh", "cap", "cay", "chai", "cham", "chan", "chanh", "chao", "chat", "chau", "chay",
    "che", "chen", "cheo", "chep", "chia", "chiec", "chieu", "chin", "chinh", "choi", "chong",
    "chop", "chua", "chuc", "chum", "chung", "chuoi", "chuon", "chuong", "chuot", "chuyen", "cong",
    "cop", "cua", "cum", "cung", "cuoc", "cuoi", "cuon", "dang", "danh", "dao", "dap", "dau", "dem",
    "det", "deu", "dia", "dich", "diem", "diep", "dieu", "dinh", "doan", "doc", "don", "dong",
    "duc", "dung", "duoc", "duoi", "duong", "duyet", "gac", "gach", "gan", "gang", "ganh", "gap",
    "gau", "ghe", "ghep", "ghi", "giac", "giai", "giam", "gian", "giao", "giap", "giau", "giay",
    "gie", "gieng", "gieo", "gio", "gioi", "giong", "giot", "giua", "giuong", "giup", "goc", "goi",
    "gom", "gon", "gong", "got", "guom", "guong", "ham", "hang", "hanh", "hao", "hat", "hau", "hay",
    "het", "hien", "hieu", "hinh", "hoac", "hoai", "hoan", "hoang", "hon", "hong", "hue", "hum",
    "hung", "huong", "huou", "huy", "huyen", "inh", "keo", "keu", "khac", "khach", "khai", "kham",
    "khan", "khang", "khao", "khay", "khen", "khep", "khi", "khia", "khiem", "khien", "khieu",
    "kho", "khoa", "khoac", "khoai", "khoan", "khoang", "khoc", "khoe", "khoi", "khom", "khong",
    "khop", "khua", "khuc", "khuon", "khuy", "khuyen", "kia", "kich", "kiem", "kien", "kieu", "kim",
    "kinh", "lach", "lai", "lan", "lang", "lanh", "lao", "lap", "lat", "lau", "lay", "lich", "liem",
    "lien", "lieu", "lim", "linh", "loai", "loan", "loi", "long", "luan", "luat", "lum", "lung",
    "luoc", "luoi", "luon", "luong", "luu", "luyen", "mach", "mam", "man", "mang", "manh", "map",
    "mat", "men", "mep", "mien", "mieng", "minh", "moc", "mong", "mop", "mot", "muc", "mung",
    "muoi", "muon", "muong", "mut", "nai", "nam", "nang", "nanh", "nay", "nem", "nen", "ngac",
    "ngai", "ngam", "ngan", "ngang", "nganh", "ngao", "ngat", "ngau", "ngay", "nghe", "ngheo",
    "nghi", "nghia", "nghiem", "nghien", "ngoai", "ngoan", "ngoc", "ngoi", "ngon", "ngong", "ngot",
    "nguoc", "nguoi", "nguon", "nguyen", "nha", "nhac", "nhai", "nham", "nhan", "nhang", "nhanh",
    "nhap", "nhat", "nhau", "nhay", "nhe", "nhen", "nhich", "nhien", "nhieu", "nhin", "nhip", "nho",
    "nhom", "nhon", "nhu", "nhua", "nhung", "nhuom", "nhuong", "niem", "nieu", "ninh", "nom",
    "nong", "nuoc", "nuoi", "nuong", "nut", "oanh", "pha", "phai", "pham", "phan", "phang", "phao",
    "phap", "phat", "phep", "phia", "phich", "phien", "phim", "pho", "phoi", "phong", "phuc",
    "phun", "phung", "phuoc", "phuong", "phut", "quac", "quai", "quan", "quang", "quanh", "quat",
    "quay", "quen", "quet", "quoc", "quy", "quyen", "quyet", "quynh", "rach", "rang", "ranh", "reo",
    "rieng", "riu", "roi", "rom", "rong", "rua", "rung", "ruoc", "ruong", "ruot", "sac", "sach",
    "san", "sang", "sanh", "sat", "sen", "seo", "set", "sieng", "sieu", "sim", "sinh", "soan",
    "som", "song", "sui", "sum", "sung", "suoi", "suon", "suong", "suot", "tach", "tam", "tan",
    "tang", "tanh", "tau", "tham", "than", "thang", "thanh", "thao", "thap", "that", "thau", "thay",
    "them", "then", "theo", "thep", "thi", "thia", "thich", "thiec", "thien", "thiep", "thiet",
    "tho", "thoa", "thoai", "thoang", "thoat", "thoc", "thoi", "thom", "thon", "thong", "thua",
    "thuan", "thuc", "thue", "thum", "thun", "thung", "thuoc", "thuong", "thuy", "thuyen", "tich",
    "tiec", "tiem", "tien", "tieng", "tiep", "tiet", "tieu", "tinh", "toa", "toan", "toc", "tong",
    "trac", "trach", "tram", "tran", "trang", "tranh", "trao", "trau", "trem", "tren", "treo",
    "trieu", "trinh", "troi", "tron", "trong", "trua", "truc", "trung", "truoc", "truong", "truu",
    "truyen", "tuan", "tui", "tung", "tuoc", "tuoi", "tuon", "tuong", "tuyen", "tuyet", "uoc",
    "uong", "vac", "vach", "vang", "vanh", "vao", "veo", "vet", "via", "viec", "vien", "viet",
    "vinh", "vit", "vom", "von", "vong", "vuc", "vung", "vuon", "vuong", "vuot", "vut", "xan",
    "xanh", "xao", "xem", "xeo", "xep", "xich", "xiec", "xin", "xinh", "xoai", "xoan", "xoay",
    "xong", "xua", "xuan", "xuat", "xung", "xuoi", "xuong", "yem", "yeu",
};
// clang-format on

}  // namespace

constinit const List kVietnamese = kWords;

}  // namespace setu::lock::words
