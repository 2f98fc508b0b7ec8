// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/metrics.h"

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace aclc {

void Metrics::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  out_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + (type == Type::kCounter ? " counter\n" : " gauge\n");
}

void Metrics::sample(double value, const Labels& labels) {
  out_ += name_;
  char separator = '{';
  for (const auto& [label, text] : labels) {
    out_ += separator;
    out_ += label;
    out_ += "=\"";
    for (const char c : text) {
      if (c == '\n') {
        out_ += "\\n";
        continue;
      }
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
    separator = ',';
  }
  if (!labels.empty()) out_ += '}';
  char number[40];
  const bool whole = std::floor(value) == value && std::fabs(value) < 9e15;
  if (whole) std::snprintf(number, sizeof number, " %lld\n", static_cast<long long>(value));
  else std::snprintf(number, sizeof number, " %.9g\n", value);
  out_ += number;
}

}  // namespace aclc
