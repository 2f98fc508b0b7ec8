// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text/utf8.h"
#include "parser/diagnostics/display.h"
#include "parser/diagnostics/places.h"
#include "parser/diagnostics/render.h"

namespace aclc {
namespace {

constexpr std::string_view kBold = "\x1b[1m", kDim = "\x1b[2m", kReset = "\x1b[0m", kRed = "\x1b[1;31m",
                           kYellow = "\x1b[1;33m", kBlue = "\x1b[1;34m", kGreen = "\x1b[32m";
constexpr int kContext = 40;  ///< columns kept before the place when a line is cut

std::string_view colour_of(Severity severity) {
  return severity == Severity::kError ? kRed : severity == Severity::kWarning ? kYellow : kBlue;
}

/// A source line cut to what fits, and where the place lies in it.
struct Excerpt {
  std::string shown;
  int begin = 0;  ///< display columns of the place within `shown`
  int end = 0;
};

class TextRenderer {
 public:
  TextRenderer(const SourceMap& sources, const TextStyle& style) : sources_(sources), style_(style), places_(sources) {}

  std::string run(std::span<const Diagnostic> findings) {
    const size_t shown = style_.max_shown == 0 ? findings.size() : std::min(style_.max_shown, findings.size());
    for (const Diagnostic& d : findings.first(shown)) finding(d);
    if (shown < findings.size()) out_ += fmt::format("... and {} more\n", findings.size() - shown);
    return std::move(out_);
  }

 private:
  std::string paint(std::string_view colour, std::string_view text) const {
    if (!style_.colour) return std::string(text);
    return fmt::format("{}{}{}", colour, text, kReset);
  }

  void finding(const Diagnostic& d) {
    const std::string severity = fmt::format("{}:", severity_name(d.severity));
    if (d.source.valid()) {
      const LineColumn at = places_.of(d.source, d.span.begin);
      out_ += paint(kBold, fmt::format("{}:{}:{}:", printable(sources_[d.source].name()), at.line, at.column));
      out_ += ' ';
    }
    out_ += fmt::format("{} {} {}\n", paint(colour_of(d.severity), severity), paint(kBold, printable(d.message)),
                        paint(kDim, fmt::format("[{}]", d.slug())));
    if (d.source.valid()) {
      shown_in_ = d.source;
      shown_line_ = 0;
      gutter_ = gutter_of(d);
      snippet(d.source, d.span, '^', colour_of(d.severity), {});
    }
    for (const Label& label : d.labels) {
      const SourceId source = label.source.valid() ? label.source : d.source;
      if (source.valid()) snippet(source, label.span, '-', kBlue, label.message);
    }
    if (!d.help_text.empty()) advice("help", d.help_text);
    for (const Fix& fix : d.fixes) advice("fix", fix.title);
    if (style_.upstream && !d.upstream_text.empty()) advice("service", d.upstream_text);
  }

  void advice(std::string_view title, std::string_view text) {
    out_ += fmt::format("  {} {}\n", paint(kGreen, fmt::format("{}:", title)), printable(text));
  }

  int gutter_of(const Diagnostic& d) const {
    uint32_t most = sources_[d.source].lines().line_of(d.span.begin);
    for (const Label& label : d.labels) {
      const SourceId source = label.source.valid() ? label.source : d.source;
      most = std::max(most, sources_[source].lines().line_of(label.span.begin));
    }
    return std::max(4, static_cast<int>(fmt::formatted_size("{}", most))) + 1;
  }

  void snippet(SourceId source, Span span, char mark, std::string_view colour, std::string_view message) {
    const SourceBuffer& buffer = sources_[source];
    const uint32_t line =
        buffer.lines().line_of(std::min<uint32_t>(span.begin, static_cast<uint32_t>(buffer.text().size())));
    if (source != shown_in_) {
      const LineColumn at = places_.of(source, span.begin);
      out_ += fmt::format("  {}:{}:{}:\n", printable(buffer.name()), at.line, at.column);
    }
    const Excerpt e = excerpt(buffer, line, span);
    // A label on the line above it needs no second copy of the line, unless that one was cut elsewhere.
    if (source != shown_in_ || line != shown_line_ || e.shown != shown_) {
      out_ += fmt::format("{} {}\n", paint(kDim, fmt::format("{:>{}} |", line, gutter_ + 1)), e.shown);
    }
    shown_in_ = source;
    shown_line_ = line;
    shown_ = e.shown;
    out_ += paint(kDim, fmt::format("{:>{}} |", "", gutter_ + 1));
    out_.append(static_cast<size_t>(e.begin) + 1, ' ');
    std::string underline(static_cast<size_t>(std::max(1, e.end - e.begin)), mark);
    if (!message.empty()) underline.append(" ").append(printable(message));
    out_ += paint(colour, underline);
    out_ += '\n';
  }

  // Only the bytes near the place are looked at, however long the line is.
  Excerpt excerpt(const SourceBuffer& buffer, uint32_t line_number, Span span) const {
    const std::string_view line = line_text(buffer, line_number);
    const uint32_t start = buffer.lines().start_of(line_number);
    const size_t place = std::min<size_t>(span.begin - std::min(span.begin, start), line.size());
    const size_t place_end = std::min<size_t>(span.end - std::min(span.end, start), line.size());

    Excerpt out;
    size_t at = first_shown(line, place);
    if (at > 0) out.shown = "...";
    int column = static_cast<int>(out.shown.size());
    out.begin = out.end = column;
    while (at < line.size()) {
      if (at == place) out.begin = column;
      const Cell cell = cell_at(line, at, column);
      if (column + cell.width > style_.line_width) {
        out.shown += "...";
        break;
      }
      out.shown += cell.view();
      column += cell.width;
      if (at < place_end) out.end = column;
      at += cell.bytes;
      if (at == place) out.begin = column;
    }
    out.end = std::max(out.end, out.begin);
    out.shown.erase(out.shown.find_last_not_of(' ') + 1);
    return out;
  }

  // SourceBuffer::line_text looks for the line's end, which may be far; here a window is enough.
  std::string_view line_text(const SourceBuffer& buffer, uint32_t line) const {
    const LineIndex& lines = buffer.lines();
    const uint32_t start = lines.start_of(line);
    const size_t end = line < lines.line_count() ? lines.start_of(line + 1) - 1 : buffer.text().size();
    std::string_view text = buffer.text().substr(start, end - start);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
  }

  size_t first_shown(std::string_view line, size_t place) const {
    const auto width = static_cast<size_t>(style_.line_width);
    if (line.size() <= width || place + kContext <= width) return 0;
    size_t at = place - std::min<size_t>(place, kContext);
    // Step back to the start of a code point.
    for (int i = 0; i < 3 && at > 0 && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80; ++i) --at;
    return at;
  }

  const SourceMap& sources_;
  const TextStyle& style_;
  Places places_;
  std::string out_;
  SourceId shown_in_;  ///< what the last snippet of this finding showed
  uint32_t shown_line_ = 0;
  std::string shown_;
  int gutter_ = 5;
};

}  // namespace

std::string render_text(const SourceMap& sources, std::span<const Diagnostic> findings, const TextStyle& style) {
  return TextRenderer(sources, style).run(findings);
}

}  // namespace aclc
