using System.Reflection;
using System.Text.RegularExpressions;
using Meridian.Agent.Circuits;
using Meridian.ControlPlane.Api;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Tests.Architecture;
using Xunit;

namespace Meridian.Tests.Wording;

/// <summary>Every text that people read exists in both languages.</summary>
public sealed partial class PhraseTests
{
    // Words with hyphens in the agent that are no reasons for the end of an attempt.
    private static readonly string[] NotReasons = ["meridian-task", "meridian-warden", "accept-language", "meridian-code", "node-banned"];

    [Fact]
    public void Every_phrase_is_there_in_English_and_in_Chinese_with_the_same_places()
    {
        var phrases = Phrases().ToList();

        Assert.True(phrases.Count > 300, $"Only {phrases.Count} phrases were found.");
        Assert.Equal([], phrases.Where(p => !IsWhole(p.Value)).Select(p => $"{p.Key}: {p.Value}"));
    }

    [Fact]
    public void Every_fault_that_the_domain_gives_has_a_text()
    {
        var given = Codes("src/Domain", FaultCode()).Concat(Codes("src/Scheduling/Transport", FaultCode()))
            .Concat(Codes("src/Scheduling/Advance", FaultCode())).Distinct().ToList();

        Assert.True(given.Count > 40, $"Only {given.Count} faults were found.");
        Assert.Empty(given.Except(Meridian.Domain.FaultTexts.Book.Codes).Select(code => code + " has no text in FaultTexts"));
        Assert.Empty(Meridian.Domain.FaultTexts.Book.Codes.Except(given).Select(code => code + " is given by nobody"));
    }

    [Fact]
    public void Every_reason_for_which_an_attempt_ends_has_a_text()
    {
        var agents = Codes("src/Agent", QuotedCode()).Except(NotReasons).Except(Codes("src/Agent/Circuits", QuotedCode()));
        var writers = Codes("src/Domain/Machine", EndCode());

        Assert.Empty(agents.Concat(writers).Except([.. EndTexts.Book.Codes, .. NodeNotes.Book.Codes]).Select(code => code + " has no text in EndTexts"));
    }

    [Fact]
    public void What_agents_say_of_their_nodes_is_told_in_the_readers_language_and_the_rest_as_it_is()
    {
        const string note = "sandbox-fails=bwrap: no permission; own-user; it is dark; no-limits";

        Assert.Equal(
            "no sandbox: bwrap: no permission; tasks run as the agent's own user; it is dark; no limits: control groups cannot be written",
            NodeNotes.Say(Language.English, note));
        Assert.Equal("没有沙箱：bwrap: no permission; 任务以代理自身的用户运行; it is dark; 没有资源限额：无法写入控制组", NodeNotes.Say(Language.Chinese, note));
        Assert.Equal("", NodeNotes.Say(Language.Chinese, ""));
    }

    [Fact]
    public void Every_reason_for_which_a_circuit_is_not_in_force_has_a_text() => Assert.Equal(
        typeof(CircuitCodes).GetFields().Select(f => (string)f.GetValue(null)!).Order(StringComparer.Ordinal),
        CircuitTexts.Book.Codes.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_reason_for_which_an_exchange_fails_has_a_text() => Assert.Equal(
        Codes("src/Depot/Exchanges", OutsideCode()).Concat(["agent-banned", "cancelled"]).Order(StringComparer.Ordinal),
        Meridian.Domain.Exchanges.ExchangeTexts.Book.Codes.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_kind_of_charge_has_a_text() =>
        Assert.Equal(["compute", "reservation", "transfer"], ChargeTexts.Book.Codes);

    [Fact]
    public void A_code_without_a_text_is_its_own() =>
        Assert.Equal("never-heard-of: a, b", EndTexts.Say(Language.Chinese, Reason.Of("never-heard-of", "a", "b")));

    [Fact]
    public void A_failed_job_says_which_task_failed_and_why()
    {
        var reason = Reason.Of("task-failed", "7.0#1", "exit-code", 3);

        Assert.Equal("task 7.0#1 failed: the program ended with code 3: see its log", EndTexts.Say(Language.English, reason));
        Assert.Equal("任务 7.0#1 失败：程序以代码 3 结束：请查看其日志", EndTexts.Say(Language.Chinese, reason));
    }

    private static bool IsWhole(Phrase phrase) =>
        phrase.English.Length > 0
        && !phrase.English.Any(IsHan)
        && (phrase.Chinese.Any(IsHan) || !Word().IsMatch(Place().Replace(phrase.Chinese, ""))) // Signs and abbreviations.
        && PlacesOf(phrase.English).SequenceEqual(PlacesOf(phrase.Chinese));

    private static bool IsHan(char letter) => letter is > '\u4e00' and < '\u9fff';

    /// <summary>The books, and every phrase that a class of texts holds.</summary>
    private static IEnumerable<KeyValuePair<string, Phrase>> Phrases() =>
        from assembly in Repository.OwnAssemblies()
        from type in assembly.GetTypes()
        where !type.ContainsGenericParameters
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        from phrase in field.FieldType == typeof(Phrase) ? [new($"{type.Name}.{field.Name}", (Phrase)field.GetValue(null)!)]
            : field.FieldType == typeof(Phrasebook) ? ((Phrasebook)field.GetValue(null)!).All.Select(p => new KeyValuePair<string, Phrase>($"{type.Name} {p.Key}", p.Value))
            : Enumerable.Empty<KeyValuePair<string, Phrase>>()
        select phrase;

    private static IEnumerable<string> Codes(string folder, Regex pattern) => Repository.SourcesIn(folder)
        .SelectMany(path => pattern.Matches(Repository.Read(path)))
        .Select(match => match.Groups["code"].Value)
        .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> PlacesOf(string text) => Place().Matches(text).Select(m => m.Value).Distinct().Order();

    [GeneratedRegex(@"\{\d(:word)?\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();

    [GeneratedRegex(@"[a-z]{3,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"(?:Decision\.Refuse|Fault\.Of|new Fault)\(\s*""(?<code>[a-z-]+)""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FaultCode();

    [GeneratedRegex(@"(?:Reason\.Of|Nothing|Abandon\(draft, [\w.]+,|StopAll\(draft, [\w.]+,|Lose\(draft, [^""]*|GiveUp\(draft, [^""]*)\(?\s*""(?<code>[a-z-]+)""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EndCode();

    [GeneratedRegex(@"(?:Reason|OutsideException)\.Of\(""(?<code>[a-z-]+)""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutsideCode();

    [GeneratedRegex(@"(?<![\w-])""(?<code>[a-z]+(?:-[a-z]+)+|timeout|stopped)""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex QuotedCode();
}
