using System.Text.Json;

namespace Scenograph.Tests.EndToEnd;

public sealed class DoctorTests
{
    [Fact]
    public void Doctor_reports_all_that_the_program_runs_on_as_json()
    {
        var outcome = ScenographProgram.Run("doctor", "--json");

        Assert.Equal(0, outcome.ExitCode);
        Assert.True(outcome.Json.GetProperty("ok").GetBoolean());
        var checks = outcome.Json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check);
        Assert.Equal(
            ["libtorch", "linear algebra", "processor", "threads", "CUDA", "codecs", "native libraries", "runtime", "disk"],
            checks.Keys);
        JsonElement Fact(string check, string name) => checks[check].GetProperty("facts").GetProperty(name);
        Assert.Matches(@"^\d+\.\d+", Fact("libtorch", "version").GetString());
        Assert.True(Fact("linear algebra", "gflops").GetDouble() > 0);
        Assert.True(Fact("threads", "threads").GetInt32() >= 1);
        Assert.True(Fact("CUDA", "devices").GetInt32() >= 0);
        Assert.True(Fact("disk", "free_bytes").GetInt64() > 0);
        Assert.Contains("libpng", Fact("codecs", "libraries").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_prints_a_line_for_each_thing()
    {
        var outcome = ScenographProgram.Run("doctor");

        Assert.Equal(0, outcome.ExitCode);
        Assert.All(["libtorch", "GFLOP/s", "cores", "codecs", "free"], word => Assert.Contains(word, outcome.Output, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', outcome.Output);
    }
}
