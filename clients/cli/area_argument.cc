#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <iterator>

#include "clients/cli/text_values.h"

namespace commonwatch::cli {
namespace {

namespace json = boost::json;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else if (c != ' ') {
      parts.back().push_back(c);
    }
  }
  return parts;
}

v1::BoundingBox parse_box(const std::string& text) {
  const auto parts = split(text);
  std::vector<double> degrees;
  for (const auto& part : parts) {
    double value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error == std::errc() && end == part.data() + part.size()) degrees.push_back(value);
  }
  if (parts.size() != 4 || degrees.size() != 4) {
    throw InputError("--area \"" + text +
                     "\" is not four numbers; write south,west,north,east in degrees, for example "
                     "40.0,-75.6,40.4,-75.1");
  }
  if (degrees[0] > degrees[2] || degrees[0] < -90 || degrees[2] > 90 ||
      std::abs(degrees[1]) > 180 || std::abs(degrees[3]) > 180) {
    throw InputError("--area \"" + text +
                     "\" is no box; write south,west,north,east in degrees: south not above "
                     "north, latitudes within 90, longitudes within 180");
  }
  v1::BoundingBox box;
  box.set_south(degrees[0]);
  box.set_west(degrees[1]);
  box.set_north(degrees[2]);
  box.set_east(degrees[3]);
  return box;
}

// An S2 token is the id in hexadecimal without its trailing zeros.
std::uint64_t parse_token(const std::string& token) {
  std::uint64_t id = 0;
  const std::string digits = token + std::string(token.size() < 16 ? 16 - token.size() : 0, '0');
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id, 16);
  if (token.empty() || token.size() > 16 || error != std::errc() ||
      end != digits.data() + digits.size()) {
    throw InputError("--cells: \"" + token +
                     "\" is no S2 cell token; write tokens as in 89c6c1, separated by commas");
  }
  return id;
}

// The geometry of a Polygon, a Feature, or a FeatureCollection of one feature.
const json::object& find_geometry(const json::value& value, const std::string& path) {
  const auto& object = value.as_object();
  const auto& type = object.at("type").as_string();
  if (type == "Feature") return find_geometry(object.at("geometry"), path);
  if (type == "FeatureCollection" && object.at("features").as_array().size() == 1) {
    return find_geometry(object.at("features").as_array()[0], path);
  }
  if (type == "Polygon" && object.at("coordinates").as_array().size() == 1) return object;
  throw InputError("--polygon " + path +
                   ": not one Polygon without holes; give a GeoJSON file with a single ring");
}

v1::Polygon read_polygon(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw InputError("--polygon " + path.string() + ": cannot be read");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  try {
    const auto value = json::parse(text);
    const auto& ring =
        find_geometry(value, path.string()).at("coordinates").as_array()[0].as_array();
    v1::Polygon polygon;
    for (const auto& corner : ring) {
      auto& vertex = *polygon.add_vertices();
      vertex.set_longitude(corner.as_array().at(0).to_number<double>());
      vertex.set_latitude(corner.as_array().at(1).to_number<double>());
    }
    if (ring.size() > 1 && ring.front() == ring.back()) polygon.mutable_vertices()->RemoveLast();
    return polygon;
  } catch (const std::exception& error) {
    if (dynamic_cast<const InputError*>(&error) != nullptr) throw;
    throw InputError("--polygon " + path.string() + ": no GeoJSON polygon (" + error.what() + ")");
  }
}

}  // namespace

v1::Area make_area(const AreaOptions& options) {
  v1::Area area;
  if (!options.box.empty()) *area.mutable_bounding_box() = parse_box(options.box);
  if (!options.polygon.empty()) *area.mutable_polygon() = read_polygon(options.polygon);
  if (!options.cells.empty()) {
    for (const auto& token : split(options.cells)) area.add_cells(parse_token(token));
  }
  return area;
}

}  // namespace commonwatch::cli
