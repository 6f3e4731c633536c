using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Extensions.Configuration;
using Umps.Configuration;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Configuration;

/// <summary>Where options come from, which wins, and what is said of faults.</summary>
public sealed class OptionsLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("umps-options-").FullName;

    private string FilePath => Path.Combine(_folder, "umps.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_NothingConfigured_Defaults() => Assert.Equal(new MpiOptions().EnvelopesMax, Load().EnvelopesMax);

    [Fact]
    public void Load_EachPlace_WinsOverTheOneBefore()
    {
        File.WriteAllText(FilePath, """{ "Umps": { "EnvelopesMax": 100, "FinalizeSeconds": 1.5, "HostDeadlineSeconds": 2, "Transport": { "Agents": ["Tcp"] } } } // a comment""");

        MpiOptions options = Load(
            environment: [Pair("UMPS__FINALIZESECONDS", "2.5"), Pair("Umps__HostDeadlineSeconds", "3")],
            settings: [Pair("Umps:HostDeadlineSeconds", "4")]);

        Assert.Equal((100, 2.5, 4.0), (options.EnvelopesMax, options.FinalizeSeconds, options.HostDeadlineSeconds));
        Assert.Equal([AgentKind.Tcp], options.Transport.Agents);
    }

    /// <summary>A list of a later place replaces the earlier one; .NET's binder would add to the default.</summary>
    [Theory]
    [InlineData("UMPS__TRANSPORT__AGENTS", "tcp")]
    [InlineData("UMPS__TRANSPORT__AGENTS__0", "TCP")]
    public void Load_List_ReplacesTheList(string variable, string value) =>
        Assert.Equal([AgentKind.Tcp], Load(environment: [Pair(variable, value)]).Transport.Agents);

    [Fact]
    public void Load_ListInOneText_IsSplitAtCommas() =>
        Assert.Equal([AgentKind.Tcp, AgentKind.Shm], Load(settings: [Pair("Umps:Transport:Agents", "tcp,shm")]).Transport.Agents);

    [Fact]
    public void Load_ProgramsRecord_TakesThePlaceOfTheFile()
    {
        File.WriteAllText(FilePath, """{ "Umps": { "EnvelopesMax": 100, "FinalizeSeconds": 1.5 } }""");
        var record = new MpiOptions { EnvelopesMax = 200, Transport = new TransportOptions { Agents = [AgentKind.Shm] } };

        MpiOptions options = Load(new ProgramOptions(record), environment: [Pair("UMPS__HOSTDEADLINESECONDS", "7")]);

        Assert.Equal((200, new MpiOptions().FinalizeSeconds, 7.0), (options.EnvelopesMax, options.FinalizeSeconds, options.HostDeadlineSeconds));
        Assert.Equal([AgentKind.Shm], options.Transport.Agents);
        Assert.Equal(new MpiOptions().HostDeadlineSeconds, record.HostDeadlineSeconds);
    }

    [Fact]
    public void Load_ProgramsConfiguration_TakesThePlaceOfTheFile()
    {
        File.WriteAllText(FilePath, """{ "Umps": { "FinalizeSeconds": 1.5 } }""");
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Umps:EnvelopesMax", "300"), new("Logging:Level", "x")]).Build();

        MpiOptions options = Load(new ProgramOptions(null, configuration));

        Assert.Equal((300, new MpiOptions().FinalizeSeconds), (options.EnvelopesMax, options.FinalizeSeconds));
    }

    [Fact]
    public void Load_Faults_AreListedTogether()
    {
        File.WriteAllText(FilePath, """{ "Umps": { "EnvelopesMax": 15, "EnvelopeMax": 100, "Transport": 3 } }""");

        MpiException error = Assert.Throws<MpiException>(() => Load(
            environment: [Pair("UMPS__TRANSPORT__AGENTS__0", "ether"), Pair("UMPS__FINALIZESECONDS", "NaN")],
            settings: [Pair("Umps:Zebra:Crossing", "1")]));

        Assert.Equal((2401, MpiErrorClass.Arg), (error.ErrorId, error.ErrorClass));
        Assert.Contains("6 faults", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Umps:EnvelopesMax is \"15\" ({FilePath}); it takes a whole number from 16 to 100,000,000", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Umps:EnvelopeMax ({FilePath}): there is no such option; the nearest is Umps:EnvelopesMax.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Umps:Transport is \"3\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("is \"ether\" (environment variable UMPS__TRANSPORT__AGENTS__0); it takes a list of at least one, each Shm or Tcp or Udp", error.Message, StringComparison.Ordinal);
        Assert.Contains("Umps:FinalizeSeconds is \"NaN\" (environment variable UMPS__FINALIZESECONDS); it takes a number from 0 to 3,600", error.Message, StringComparison.Ordinal);
        Assert.Contains("Umps:Zebra (umpsrun's options): there is no such option.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("None")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("Shm,,Sctp")]
    public void Load_AgentThatIsNone_IsAFault(string value) =>
        Assert.Throws<MpiException>(() => Load(settings: [Pair("Umps:Transport:Agents", value)]));

    [Theory]
    [InlineData("InterruptOnly", PollingMode.InterruptOnly)]
    [InlineData("pollingonly", PollingMode.PollingOnly)]
    public void Load_PollingMode_IsReadByName(string text, PollingMode expected) =>
        Assert.Equal(expected, Load(settings: [Pair("Umps:Transport:Polling:Mode", text)]).Transport.Polling.Mode);

    [Fact]
    public void Load_RealTimeThatNeverSleeps_IsAFault()
    {
        MpiException error = Assert.Throws<MpiException>(() => Load(settings: [Pair("Umps:RealTime:Enabled", "true"), Pair("Umps:Transport:Polling:Mode", "PollingOnly")]));

        Assert.Contains("never sleeps", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("polling")]
    [InlineData("1")]
    public void Load_PollingModeThatIsNone_NamesThem(string text)
    {
        MpiException error = Assert.Throws<MpiException>(() => Load(settings: [Pair("Umps:Transport:Polling:Mode", text)]));

        Assert.Contains($"Umps:Transport:Polling:Mode is \"{text}\" (umpsrun's options); it takes SemiPolling or InterruptOnly or PollingOnly", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ProgramsRecordOutOfRange_IsAFault()
    {
        MpiException error = Assert.Throws<MpiException>(() => Load(new ProgramOptions(new MpiOptions { EnvelopesMax = 1, Transport = new TransportOptions { Agents = [] } })));

        Assert.Contains("Umps:EnvelopesMax is 1 (the program's MpiOptions)", error.Message, StringComparison.Ordinal);
        Assert.Contains("Umps:Transport:Agents", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Umps\": {")]
    [InlineData("[1]")]
    [InlineData("{ \"Umps\": { \"EnvelopesMax\": 20, \"EnvelopesMax\": 30 } }")]
    public void Load_FileThatIsNoConfiguration_SaysWhichAndWhy(string content)
    {
        File.WriteAllText(FilePath, content);

        MpiException error = Assert.Throws<MpiException>(() => Load());

        Assert.Equal(2402, error.ErrorId);
        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileWithoutTheSection_IsAFault()
    {
        File.WriteAllText(FilePath, """{ "Transport": { "Agents": ["Tcp"] } }""");

        MpiException error = Assert.Throws<MpiException>(() => Load());

        Assert.Contains("the nearest is Umps:Transport.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The defaults are taken without a check, so they are checked here; and every option can be given as text.</summary>
    [Fact]
    public void Defaults_AreInTheirRanges_AndEveryOptionHasAType() => Assert.All(Option.Under(new MpiOptions(), "Umps").Where(option => !option.IsHidden), option =>
    {
        Assert.NotNull(option.Type);
        Assert.True(option.Type.Admits(option.Value), $"{option.Path} takes {option.Type.Takes}");
    });

    [Fact]
    public void Load_OptionsThatDoNotFitEachOther_AreAFault()
    {
        MpiException error = Assert.Throws<MpiException>(() => Load(settings: [Pair("Umps:Transport:Polling:WindowMicrosecondsMin", "5000"), Pair("Umps:Transport:Shm:UnitPoolBytes", "1048577")]));

        Assert.Contains("WindowMicrosecondsMin is 5000, more than WindowMicrosecondsMax", error.Message, StringComparison.Ordinal);
        Assert.Contains("Umps:Transport:Shm:UnitPoolBytes is 1048577", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_FitEachOther() => Assert.All(Option.Groups(new MpiOptions(), "Umps"), pair => Assert.Empty(pair.Group.Faults()));

    private MpiOptions Load(
        ProgramOptions program = default, KeyValuePair<string, string>[]? environment = null, KeyValuePair<string, string>[]? settings = null) =>
        OptionsLoader.Load(program, FilePath, environment ?? [], settings ?? [], rank: 0);

    private static KeyValuePair<string, string> Pair(string key, string value) => KeyValuePair.Create(key, value);
}
