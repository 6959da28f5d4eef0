// The one Catch2 main that every unit test links: compiled once, because it costs seconds.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
