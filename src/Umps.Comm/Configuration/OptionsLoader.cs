using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Extensions.Configuration;
using Umps.Transport;

namespace Umps.Configuration;

/// <summary>Makes the options of a rank from all places where they may stand, checks them together, and says where each came from.</summary>
/// <remarks>
/// Later ones win: default; what the program passes (an <see cref="MpiOptions"/> or its configuration), else <c>umps.json</c> in the working folder;
/// environment; umpsrun's options. Records are found by reflection (<see cref="IOptionGroup"/>): a new property needs no line here. .NET's binder
/// would do, but that it adds to a list instead of replacing it, passes over unknown keys, and cannot say where a value came from (decisions/0056).
/// Cost: with nothing configured anywhere the defaults are returned as they are, without reflection; a test holds that they are in their ranges.
/// </remarks>
internal sealed class OptionsLoader
{
    private const string Section = "Umps", FileName = "umps.json", EnvironmentPrefix = "UMPS__";

    private readonly MpiOptions _options = new();       // of its own: the records in it too
    private readonly List<Option> _all;
    private readonly HashSet<string> _sections;
    private readonly List<string> _faults = [];

    private OptionsLoader()
    {
        _all = [.. Option.Under(_options, Section)];
        _sections = new(Option.Groups(_options, Section).Select(pair => pair.Section), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The options of this rank.</summary>
    /// <param name="program">What the program passes; null: nothing, and umps.json is read.</param>
    /// <param name="settings">umpsrun's options as keys and values: "Umps:Transport:Agents:0" = "Tcp".</param>
    /// <param name="rank">Rank in the world: 0 prints the options when asked to.</param>
    /// <exception cref="MpiException">UMPS2401: what is configured is wrong, all of it listed. UMPS2402: umps.json cannot be read.</exception>
    public static MpiOptions Load(ProgramOptions program, IReadOnlyList<KeyValuePair<string, string>> settings, int rank = 0)
    {
        List<KeyValuePair<string, string>> environment = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable.Key is string name && name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
                environment.Add(KeyValuePair.Create(name, (string?)variable.Value ?? ""));
        return Load(program, FileName, environment, settings, rank);
    }

    /// <summary>The same, with the places named.</summary>
    internal static MpiOptions Load(
        ProgramOptions program, string fileName, IReadOnlyCollection<KeyValuePair<string, string>> environment, IReadOnlyCollection<KeyValuePair<string, string>> settings, int rank)
    {
        string? file = program.IsNothing && File.Exists(fileName) ? Path.GetFullPath(fileName) : null;
        if (program.IsNothing && file is null && environment.Count == 0 && settings.Count == 0)
            return new MpiOptions();

        var loader = new OptionsLoader();
        if (program.Record is not null)
            loader.Take(program.Record);
        if (program.Configuration is not null)
            loader.Take(program.Configuration.GetSection(Section), Section, _ => "the program's configuration");
        if (file is not null)
            loader.TakeFile(file);
        if (environment.Count > 0)
            loader.TakeEnvironment(environment);
        if (settings.Count > 0)
            loader.Take(SectionOf(settings), Section, _ => "umpsrun's options");
        return loader.Finish(rank);
    }

    private void Take(MpiOptions record)
    {
        foreach ((Option own, Option given) in _all.Zip(Option.Under(record, Section)))
        {
            object? value = given.Value;
            if (!own.IsHidden && Option.Show(own.Value) == Option.Show(value))
                continue;
            const string origin = "the program's MpiOptions";
            if (own.Type is null || own.Type.Admits(value))
                own.Set(value, origin);
            else
                _faults.Add($"{own.Path} is {Option.Show(value)} ({origin}); it takes {own.Type.Takes}");
        }
    }

    private void TakeFile(string path)
    {
        IConfigurationRoot content;
        try
        {
            using FileStream stream = File.OpenRead(path);
            content = new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (Exception cause) when (cause is FormatException or System.Text.Json.JsonException or IOException or UnauthorizedAccessException)
        {
            throw Throw.ConfigurationUnreadable(path, cause);
        }

        // The file is ours: what stands beside the section would be passed over without a word.
        foreach (IConfigurationSection other in content.GetChildren().Where(child => !child.Key.Equals(Section, StringComparison.OrdinalIgnoreCase)))
            Unknown(other.Key, path, _sections.Contains($"{Section}:{other.Key}") || Find($"{Section}:{other.Key}") is not null ? $"{Section}:{other.Key}" : Section);
        Take(content.GetSection(Section), Section, _ => path);
    }

    /// <summary>.NET's plain mapping: two underlines stand for a colon, in any case.</summary>
    private void TakeEnvironment(IReadOnlyCollection<KeyValuePair<string, string>> environment)
    {
        var byKey = new Dictionary<string, KeyValuePair<string, string>>(StringComparer.OrdinalIgnoreCase);
        foreach (KeyValuePair<string, string> variable in environment)
            byKey[variable.Key.Replace("__", ":", StringComparison.Ordinal)] = variable;
        Take(
            SectionOf([.. byKey.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value))]),
            Section,
            path => $"environment variable {(byKey.TryGetValue(path, out KeyValuePair<string, string> variable) ? variable.Key : $"{path.Replace(":", "__", StringComparison.Ordinal)}…")}");
    }

    private static IConfigurationSection SectionOf(IReadOnlyCollection<KeyValuePair<string, string>> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build().GetSection(Section);

    private void Take(IConfiguration section, string sectionPath, Func<string, string> originOf)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            string path = $"{sectionPath}:{child.Key}";
            if (_sections.Contains(path))
            {
                Take(child, path, originOf);
                if (!string.IsNullOrEmpty(child.Value))
                    _faults.Add($"{path} is \"{child.Value}\" ({originOf(path)}); it is a section, and takes options of its own");
            }
            else if (Find(path) is { } option)
            {
                Take(option, child, originOf);
            }
            else
            {
                Unknown(path, originOf(path), NearestName.Of(path, Shown.Select(known => known.Path).Concat(_sections)));
            }
        }
    }

    private void Take(Option option, IConfigurationSection given, Func<string, string> originOf)
    {
        List<IConfigurationSection> elements = [.. given.GetChildren()];
        if (given.Value is null && elements.Count == 0)
            return;                                                             // JSON's null: not given
        string origin = originOf(elements.Count == 0 ? option.Path : $"{option.Path}:{elements[0].Key}");
        string[] texts = elements.Count > 0 ? [.. elements.Select(element => element.Value ?? "")]
            : option.Type is { IsList: true } ? given.Value!.Split(',', StringSplitOptions.RemoveEmptyEntries)
            : [given.Value!];
        if (option.Type is null)
            _faults.Add($"{option.Path} is given ({origin}); only a program can set it, through MpiOptions");
        else if (option.Type.TryParse(texts, out object? value))
            option.Set(value, origin);
        else
            _faults.Add($"{option.Path} is \"{string.Join(", ", texts)}\" ({origin}); it takes {option.Type.Takes}");
    }

    private void Unknown(string path, string origin, string? nearest) =>
        _faults.Add($"{path} ({origin}): there is no such option{(nearest is null ? "" : $"; the nearest is {nearest}")}");

    private Option? Find(string path) => _all.Find(option => !option.IsHidden && option.Path.Equals(path, StringComparison.OrdinalIgnoreCase));

    private MpiOptions Finish(int rank)
    {
        if (_faults.Count == 0)
            _faults.AddRange(Option.Groups(_options, Section).SelectMany(pair => pair.Group.Faults()));
        if (_faults.Count > 0)
            throw Throw.ConfigurationFaults(_faults);
        if (_options.ShowConfig && rank == 0)
            Report.Write(Listed());
        return _options;
    }

    private IEnumerable<Option> Shown => _all.Where(option => !option.IsHidden);

    private string Listed()
    {
        var text = new StringBuilder("options, and where they came from:");
        int width = Shown.Max(option => option.Path.Length);
        foreach (Option option in Shown)
            text.Append(CultureInfo.InvariantCulture, $"\n  {option.Path.PadRight(width)} = {Option.Show(option.Value)}  ({option.Origin})");
        return text.ToString();
    }
}
