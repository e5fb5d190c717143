package web

import (
	"belvedere/internal/governance"
)

const questionsPerPage = 50

// governanceTextRoutes are what is written, asked and taught.
func (s *server) governanceTextRoutes() []route {
	const action, rule, question, training = governance.Action, governance.RulesPath + "/{id}", governance.QuestionsPath + "/{id}", governance.TrainingsPath + "/{id}"
	return []route{
		get(governance.RulesPath, signedIn, "consultation", s.writtenRules),
		get(governance.RulesPath+"/nouvelle", signedIn, "", s.newRule),
		post(governance.RulesPath+"/nouvelle", signedIn, action, s.writeRule).upTo(mostRuleForm),
		get(rule, signedIn, "consultation", s.writtenRule),
		get(rule+"/modifier", signedIn, "", s.editRule),
		post(rule+"/modifier", signedIn, action, s.writeRule).upTo(mostRuleForm),
		get(rule+"/differences", signedIn, "consultation", s.ruleDiff),
		post(rule+"/vigueur", signedIn, action, s.forceRule),
		post(rule+"/abroger", signedIn, action, s.repealRule),
		post(rule+"/lu", signedIn, action, s.acknowledgeRule),

		get(governance.QuestionsPath, signedIn, "consultation", s.helpQuestions),
		get(governance.QuestionsPath+"/nouvelle", signedIn, "", s.newHelp),
		post(governance.QuestionsPath+"/nouvelle", signedIn, action, s.askHelp),
		get(question, signedIn, "consultation", s.helpQuestion),
		post(question, signedIn, action, s.answerHelp),

		get(governance.TrainingsPath, signedIn, "consultation", s.trainings),
		get(governancePath+"/formations.csv", signedIn, "export", s.trainingsFile),
		get(governancePath+"/attestations.csv", signedIn, "export", s.certificatesFile),
		get(governance.TrainingsPath+"/nouvelle", signedIn, "", s.newTraining),
		post(governance.TrainingsPath+"/nouvelle", signedIn, action, s.putTraining),
		get(training, signedIn, "consultation", s.training),
		get(training+"/liste.csv", signedIn, "export", s.trainingsFile),
		get(training+"/modifier", signedIn, "", s.editTraining),
		post(training+"/modifier", signedIn, action, s.putTraining),
		post(training+"/inscription", signedIn, action, s.registerTraining),
		post(training+"/desinscription", signedIn, action, s.unregisterTraining),
		post(training+"/presence", signedIn, action, s.markPresence),
	}
}
