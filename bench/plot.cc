#include "bench/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 400;
constexpr double kLeft = 80;
constexpr double kRight = 20;
constexpr double kTop = 50;
constexpr double kBottom = 50;
constexpr std::array<const char*, 4> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7"};

// Whole decades around what is shown, on a stretch of the picture.
class Axis {
 public:
  Axis(double from, double to) : from_(from), to_(to) {}
  void include(double value) {
    if (value <= 0) return;
    low_ = std::min(low_, static_cast<int>(std::floor(std::log10(value))));
    high_ = std::max({high_, low_ + 1, static_cast<int>(std::ceil(std::log10(value)))});
  }
  double at(double value) const {
    const double share = (std::log10(value) - low_) / (high_ - low_);
    return from_ + share * (to_ - from_);
  }
  int low() const { return low_; }
  int high() const { return high_; }

 private:
  double from_;
  double to_;
  int low_ = 300;
  int high_ = -300;
};

struct Frame {
  Axis x{kLeft, kWidth - kRight};
  Axis y{kHeight - kBottom, kTop};
};

std::string line(double x1, double y1, double x2, double y2, const std::string& colour) {
  std::ostringstream text;
  text << "<line x1=\"" << x1 << "\" y1=\"" << y1 << "\" x2=\"" << x2 << "\" y2=\"" << y2
       << "\" stroke=\"" << colour << "\"/>\n";
  return text.str();
}

std::string label(double x, double y, const std::string& anchor, const std::string& colour,
                  const std::string& words) {
  std::ostringstream text;
  text << "<text x=\"" << x << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" fill=\""
       << colour << "\">" << words << "</text>\n";
  return text.str();
}

std::string decade(int exponent) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", std::max(0, -exponent), std::pow(10, exponent));
  return text.data();
}

std::string draw_grid(const Frame& frame) {
  std::string text;
  for (int i = frame.x.low(); i <= frame.x.high(); ++i) {
    const double x = frame.x.at(std::pow(10, i));
    text += line(x, kTop, x, kHeight - kBottom, "#ddd") +
            label(x, kHeight - kBottom + 16, "middle", "#333", decade(i));
  }
  for (int i = frame.y.low(); i <= frame.y.high(); ++i) {
    const double y = frame.y.at(std::pow(10, i));
    text += line(kLeft, y, kWidth - kRight, y, "#ddd") +
            label(kLeft - 6, y + 4, "end", "#333", decade(i));
  }
  return text;
}

std::string draw_curve(const Frame& frame, const Curve& curve, const std::string& colour) {
  std::ostringstream path;
  std::string marks;
  for (const CurvePoint& point : curve.points) {
    if (point.min <= 0) continue;
    const double x = frame.x.at(point.size);
    const double y = frame.y.at(point.median);
    path << (path.tellp() == 0 ? "M" : " L") << x << " " << y;
    marks += line(x, frame.y.at(point.min), x, frame.y.at(point.max), colour);
    std::ostringstream dot;
    dot << "<circle cx=\"" << x << "\" cy=\"" << y << "\" r=\"3\" fill=\"" << colour << "\"/>\n";
    marks += dot.str();
  }
  return "<path fill=\"none\" stroke=\"" + colour + "\" d=\"" + path.str() + "\"/>\n" + marks;
}

}  // namespace

std::string draw(const std::string& title, const std::string& axis,
                 const std::vector<Curve>& curves) {
  Frame frame;
  for (const Curve& curve : curves) {
    for (const CurvePoint& point : curve.points) {
      frame.x.include(point.size);
      for (const double value : {point.min, point.max}) frame.y.include(value);
    }
  }
  std::ostringstream svg;
  svg << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << kWidth << " " << kHeight
      << "\" font-family=\"sans-serif\" font-size=\"12\">\n"
         "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
      << label(kLeft, 20, "start", "#000", title)
      << label((kLeft + kWidth - kRight) / 2, kHeight - 12, "middle", "#333", axis)
      << draw_grid(frame);
  double legend = kLeft;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string colour = kColours[i % kColours.size()];
    svg << draw_curve(frame, curves[i], colour)
        << label(legend, 40, "start", colour, curves[i].figure);
    legend += 7.0 * static_cast<double>(curves[i].figure.size()) + 20;
  }
  svg << "</svg>\n";
  return svg.str();
}

void write_plots(const std::filesystem::path& directory,
                 const std::vector<WorkloadResult>& results) {
  struct Plot {
    const char* workload;
    const char* file;
    const char* title;
    std::vector<std::string> figures;
  };
  const std::vector<Plot> plots = {{"growth_subscribers",
                                    "throughput-subscribers.svg",
                                    "Throughput against subscribers",
                                    {"deliveries/s"}},
                                   {"growth_load",
                                    "latency-load.svg",
                                    "Latency against load",
                                    {"acknowledgement p50 ms", "acknowledgement p99 ms"}}};
  for (const Plot& plot : plots) {
    for (const WorkloadResult& workload : results) {
      if (workload.name != plot.workload) continue;
      std::vector<Curve> curves = curves_of(workload);
      std::erase_if(curves, [&](const Curve& curve) {
        return std::find(plot.figures.begin(), plot.figures.end(), curve.figure) ==
               plot.figures.end();
      });
      std::ofstream file(directory / plot.file);
      file << draw(plot.title, workload.axis, curves);
      require(file.good(), "cannot write " + (directory / plot.file).string());
    }
  }
}

}  // namespace commonwatch::bench
