#include "cli/recovery_pdf.hpp"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/qr.hpp"
#include "crypto/secret.hpp"

namespace setu::cli {
namespace {

// All lengths in points, 72 an inch.
constexpr double kPageWidth = 595.276, kPageHeight = 841.890;  // A4
constexpr double kMargin = 56.7;                               // 20 mm: every printer can
constexpr double kInner = kPageWidth - 2 * kMargin;
constexpr double kBottom = kPageHeight - kMargin;
constexpr double kQrSize = 147;  // 52 mm
constexpr double kPanelPadding = 16;
constexpr double kGutter = 20;
constexpr double kIndent = 13;
constexpr int kKeyLines = 2;
constexpr double kBetweenKeyAndPlace = 9;
constexpr double kNumberDrop = 6;  // a line's small number stands on its base
constexpr double kCommandWidth = 172;

constexpr double kFontUnitsPerInch = 72;  // so that font sizes are points of the page too
constexpr const char* kTitleFont = "Sans 11";
constexpr const char* kNameFont = "Sans Bold 25";
constexpr const char* kLongNameFont = "Sans Bold 15";
constexpr std::size_t kLongName = 60;  // bytes
constexpr const char* kPlainFont = "Sans 10";
constexpr const char* kSmallFont = "Sans 8.5";
constexpr const char* kHeadingFont = "Sans Bold 11.5";
constexpr const char* kCommandFont = "Monospace 9";
constexpr const char* kCodeFont = "Monospace Bold 18";
constexpr const char* kNumberFont = "Sans 9";

struct Free {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// Once: growing would leave copies of the key behind.
constexpr std::size_t kRoom = 1024 * 1024;

cairo_status_t keep(void* closure, const unsigned char* data, unsigned int length) {
  auto& bytes = *static_cast<Bytes*>(closure);
  if (bytes.size() + length > kRoom) return CAIRO_STATUS_WRITE_ERROR;
  append(bytes, ByteView(reinterpret_cast<const std::byte*>(data), length));
  return CAIRO_STATUS_SUCCESS;
}

// ISO 8601, the first of the month.
std::string month_stamp(Instant now) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{now.ms}};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  const unsigned month = static_cast<unsigned>(day.month());
  return std::to_string(static_cast<int>(day.year())) + (month < 10 ? "-0" : "-") +
         std::to_string(month) + "-01T00:00:00Z";
}

// Draws from top to bottom; `y` is where the next thing goes.
class Sheet {
 public:
  Sheet(cairo_t* cairo, double start) : y(start), cairo_(cairo) {}

  double y;

  // The height that it took.
  double text(const std::string& words, const char* font, double x, double width,
              double leading = 1.25) {
    const Owned<PangoLayout> layout(pango_cairo_create_layout(cairo_));
    const Owned<PangoFontDescription> description(pango_font_description_from_string(font));
    pango_cairo_context_set_resolution(pango_layout_get_context(layout.get()), kFontUnitsPerInch);
    pango_layout_set_font_description(layout.get(), description.get());
    pango_layout_set_width(layout.get(), pango_units_from_double(width));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_line_spacing(layout.get(), static_cast<float>(leading));
    pango_layout_set_text(layout.get(), words.c_str(), static_cast<int>(words.size()));
    has_unknown_ = has_unknown_ || pango_layout_get_unknown_glyphs_count(layout.get()) > 0;
    cairo_move_to(cairo_, x, y);
    pango_cairo_show_layout(cairo_, layout.get());
    int height = 0;
    pango_layout_get_size(layout.get(), nullptr, &height);
    return pango_units_to_double(height);
  }

  void paragraph(const std::string& words, const char* font, double gap) {
    y += text(words, font, kMargin, kInner) + gap;
  }

  void rule(double thickness) {
    cairo_set_line_width(cairo_, thickness);
    cairo_move_to(cairo_, kMargin, y);
    cairo_line_to(cairo_, kMargin + kInner, y);
    cairo_stroke(cairo_);
  }

  void frame(double top, double height) {
    cairo_set_line_width(cairo_, 1.2);
    cairo_rectangle(cairo_, kMargin, top, kInner, height);
    cairo_stroke(cairo_);
  }

  void qr(const QrModules& code, double left, double top) {
    const double module = kQrSize / code.size();
    cairo_set_antialias(cairo_, CAIRO_ANTIALIAS_NONE);  // no hairlines between modules
    for (int row = 0; row < code.size(); ++row) {
      for (int column = 0; column < code.size(); ++column) {
        if (!code.is_dark(row, column)) continue;
        cairo_rectangle(cairo_, left + column * module, top + row * module, module, module);
      }
    }
    cairo_fill(cairo_);
    cairo_set_antialias(cairo_, CAIRO_ANTIALIAS_DEFAULT);
  }

  [[nodiscard]] bool has_unknown() const { return has_unknown_; }

 private:
  cairo_t* cairo_;
  bool has_unknown_ = false;
};

void draw_head(Sheet& sheet, const RecoveryPage& page) {
  sheet.paragraph(page.title, kTitleFont, 2);
  const char* name_font = page.organisation.size() > kLongName ? kLongNameFont : kNameFont;
  sheet.y += sheet.text(page.organisation, name_font, kMargin, kInner, 1.1) + 3;
  sheet.paragraph(page.programme, kPlainFont, 9);
  sheet.rule(1.2);
  sheet.y += 6;
  sheet.paragraph(page.printed, kSmallFont, 20);
}

void draw_section(Sheet& sheet, const RecoveryPage::Section& section) {
  sheet.paragraph(section.heading, kHeadingFont, 5);
  for (const std::string& point : section.points) {
    sheet.text("–", kPlainFont, kMargin, kIndent);
    sheet.y += sheet.text(point, kPlainFont, kMargin + kIndent, kInner - kIndent) + 4;
  }
  sheet.y += 13;
}

void draw_steps(Sheet& sheet, const RecoveryPage& page) {
  sheet.paragraph(page.use_heading, kHeadingFont, 5);
  const double left = kMargin + kIndent;
  int number = 0;
  for (const RecoveryPage::Step& step : page.steps) {
    sheet.text(std::to_string(++number), kPlainFont, kMargin, kIndent);
    const double command = sheet.text(step.command, kCommandFont, left, kCommandWidth);
    const double meaning = sheet.text(step.meaning, kPlainFont, left + kCommandWidth,
                                      kInner - kIndent - kCommandWidth);
    sheet.y += std::max(command, meaning) + 4;
  }
  sheet.y += 14;
}

void draw_key(Sheet& sheet, const RecoveryPage& page, const QrModules& code) {
  const double top = sheet.y;
  const double left = kMargin + kPanelPadding + kQrSize + kGutter;
  const double width = kMargin + kInner - kPanelPadding - left;
  sheet.y += kPanelPadding;
  int number = 0;
  for (const std::string& line : page.code) {
    const double height = sheet.text(line, kCodeFont, left + kIndent, width - kIndent);
    sheet.y += kNumberDrop;
    sheet.text(std::to_string(++number), kNumberFont, left, kIndent);
    sheet.y += height - kNumberDrop + (number == kKeyLines ? kBetweenKeyAndPlace : 2);
  }
  sheet.y += 6;
  sheet.y += sheet.text(page.code_note, kSmallFont, left, width) + 4;
  sheet.y += sheet.text(page.server, kSmallFont, left, width);
  const double height = std::max(sheet.y - top, kPanelPadding + kQrSize) + kPanelPadding;
  sheet.qr(code, kMargin + kPanelPadding, top + (height - kQrSize) / 2);
  sheet.y = top + height;
  sheet.frame(top, height);
}

}  // namespace

Result<Bytes> draw_recovery_pdf(const RecoveryPage& page, Instant now) {
  SETU_TAKE(const QrModules code, qr_modules(page.link, QrDamage::kMore));
  Bytes bytes;
  bytes.reserve(kRoom);
  const Owned<cairo_surface_t> surface(
      cairo_pdf_surface_create_for_stream(keep, &bytes, kPageWidth, kPageHeight));
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                 month_stamp(now).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, page.title.c_str());
  const Owned<cairo_t> cairo(cairo_create(surface.get()));
  cairo_set_source_rgb(cairo.get(), 0, 0, 0);

  Sheet sheet(cairo.get(), kMargin);
  draw_head(sheet, page);
  for (const RecoveryPage::Section& section : page.sections) draw_section(sheet, section);
  draw_steps(sheet, page);
  draw_key(sheet, page, code);

  cairo_surface_finish(surface.get());
  if (sheet.has_unknown() || sheet.y > kBottom ||
      cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
    crypto::wipe(bytes);
    if (sheet.has_unknown())
      return fail(Code::kNotFound, "draw recovery sheet: no font here has all letters of the names",
                  "install fonts for that script, on Debian fonts-noto-core");
    if (sheet.y > kBottom)
      return fail(Code::kTooLarge, "draw recovery sheet: the names are too long for one page",
                  "give the organisation a shorter name");
    return fail(Code::kInternal, "draw recovery sheet: the page could not be made");
  }
  return bytes;
}

}  // namespace setu::cli
