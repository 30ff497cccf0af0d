// bench_load: put load on a server from one thread, and print what it saw as JSON.
//
//   bench_load --port 8484 --seconds 5 --stream name=reads,requests=FILE,connections=64
//   bench_load --port 8484 --seconds 5 --stream name=reads,requests=FILE,connections=64,rate=20000
//              --stream name=writes,requests=FILE2,connections=8,rate=500,once
//
// The words of a stream: name, requests (a file, see request_file.h), connections, rate (requests
// per second; absent: closed loop), once (each request is sent once), new (a connection per
// request). Ends with 1 when any answer is not 200 or a connection fails.
#include "generator.h"

#include <CLI/CLI.hpp>

#include <arpa/inet.h>
#include <cstdio>
#include <iostream>
#include <sstream>

namespace limpet::bench {
namespace {

struct Arguments {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  double seconds = 3;
  double warmup = 0;
  bool tls = false;
  bool spin = false;
  std::string authority;
  std::vector<std::string> streams;
};

StreamPlan parse_stream(const std::string& text) {
  StreamPlan stream;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    const auto equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "name") {
      stream.name = value;
    } else if (key == "requests") {
      stream.requests = std::make_shared<RequestFile>(value);
    } else if (key == "connections") {
      stream.connections = std::stoul(value);
    } else if (key == "rate") {
      stream.rate = std::stod(value);
    } else if (key == "once") {
      stream.once = true;
    } else if (key == "new") {
      stream.new_connections = true;
    } else {
      throw std::runtime_error("a stream has no \"" + key + "\"");
    }
  }
  if (!stream.requests || stream.connections == 0) {
    throw std::runtime_error("a stream needs requests and connections");
  }
  return stream;
}

using TlsContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

/// Every handshake is a full one: no session is ever resumed.
TlsContext make_tls(const std::string& authority) {
  TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context.get(), SSL_MODE_AUTO_RETRY);
  if (!authority.empty()) {
    if (SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr) != 1) {
      throw std::runtime_error("cannot read the certificate " + authority);
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  return context;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", c);
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

void print(std::ostream& out, const StreamResult& stream, double seconds) {
  const auto micros = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
  };
  const auto& latency = stream.latency;
  const auto answers = static_cast<double>(latency.count());
  out << "{\"name\":" << json_string(stream.name) << ",\"answers\":" << latency.count()
      << ",\"seconds\":" << seconds << ",\"rate\":" << (seconds > 0 ? answers / seconds : 0)
      << ",\"answer_bytes\":"
      << (answers > 0 ? static_cast<double>(stream.answer_bytes) / answers : 0)
      << ",\"latency_us\":{\"mean\":" << micros(latency.mean())
      << ",\"p50\":" << micros(latency.quantile(0.5))
      << ",\"p90\":" << micros(latency.quantile(0.9))
      << ",\"p99\":" << micros(latency.quantile(0.99))
      << ",\"p999\":" << micros(latency.quantile(0.999)) << ",\"max\":" << micros(latency.max())
      << "},\"unanswered\":" << stream.unanswered << ",\"statuses\":{";
  for (bool first = true; const auto& [status, count] : stream.statuses) {
    out << (std::exchange(first, false) ? "" : ",") << '"' << status << "\":" << count;
  }
  out << "},\"refusal\":" << json_string(stream.refusal) << '}';
}

int generate(const Arguments& arguments) {
  Plan plan;
  plan.server.sin_family = AF_INET;
  plan.server.sin_port = htons(arguments.port);
  if (inet_pton(AF_INET, arguments.host.c_str(), &plan.server.sin_addr) != 1) {
    throw std::runtime_error("--host wants an IPv4 address");
  }
  const auto nanos = [](double seconds) {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  };
  plan.duration = nanos(arguments.seconds);
  plan.warmup = nanos(arguments.warmup);
  for (const auto& text : arguments.streams) plan.streams.push_back(parse_stream(text));
  TlsContext tls(nullptr, SSL_CTX_free);
  if (arguments.tls) tls = make_tls(arguments.authority);
  plan.tls = tls.get();
  plan.spin = arguments.spin;

  const Result result = run(plan);
  const double seconds = std::chrono::duration<double>(result.measured).count();
  bool good = true;
  std::cout << "{\"streams\":[";
  for (bool first = true; const auto& stream : result.streams) {
    if (!std::exchange(first, false)) std::cout << ',';
    print(std::cout, stream, seconds);
    good = good && stream.refusal.empty();
  }
  std::cout << "]}" << std::endl;
  return good ? 0 : 1;
}

}  // namespace
}  // namespace limpet::bench

int main(int argc, char** argv) {
  limpet::bench::Arguments arguments;
  CLI::App app("Put load on a server; print what it saw as JSON.", "bench_load");
  app.add_option("--host", arguments.host, "IPv4 address")->capture_default_str();
  app.add_option("--port", arguments.port, "Port")->required();
  app.add_option("--seconds", arguments.seconds, "How long it measures")->capture_default_str();
  app.add_option("--warmup", arguments.warmup, "Seconds before that")->capture_default_str();
  app.add_flag("--spin", arguments.spin, "Never sleep, so that no server has to wake it");
  app.add_flag("--tls", arguments.tls, "Connect with TLS; every handshake is a full one");
  app.add_option("--authority", arguments.authority, "Certificate that the server's must chain to");
  app.add_option("--stream", arguments.streams, "name=…,requests=FILE,connections=N,…")
      ->required()
      ->take_all();
  CLI11_PARSE(app, argc, argv);
  try {
    return limpet::bench::generate(arguments);
  } catch (const std::exception& error) {
    std::cerr << "bench_load: " << error.what() << std::endl;
    return 1;
  }
}
